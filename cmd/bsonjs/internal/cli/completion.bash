# Completion of bsonjs in bash, 3.2 or later. It needs no other package.

_bsonjs()
{
    local cur=${COMP_WORDS[COMP_CWORD]} i last reply directive line name text width=0
    local -a args=() names=() texts=()

    # bash splits --mode=plain at the =.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        last=$((${#args[@]} - 1))
        if ((last >= 0)) && [[ ${args[last]} == --* && (${COMP_WORDS[i]} == = || ${args[last]} == *=) ]]; then
            args[last]+=${COMP_WORDS[i]}
        else
            args+=("${COMP_WORDS[i]}")
        fi
    done
    [[ $cur == = ]] && cur=

    # A line for each proposal, with a tab before its description; then a colon
    # and the sum of what the shell is to do.
    reply=$("${COMP_WORDS[0]/#\~/$HOME}" __complete "${args[@]}" 2>/dev/null) || return
    directive=${reply##*:}
    [[ $directive =~ ^[0-9]+$ ]] || return
    ((directive & 4)) && compopt +o default 2>/dev/null                 # no files
    ((directive & 16)) && compopt +o default -o dirnames 2>/dev/null    # directories only

    while IFS= read -r line; do
        name=${line%%$'\t'*}
        [[ -n $name && $name == "$cur"* ]] || continue
        text=${line:${#name}+1}
        names+=("$name") texts+=("$text")
        ((${#name} > width)) && width=${#name}
    done <<<"${reply%:*}"

    # Descriptions are for reading only: not for one proposal, and not where bash
    # inserts one after the other.
    COMPREPLY=("${names[@]}")
    if ((${#names[@]} > 1 && COMP_TYPE != 37 && COMP_TYPE != 42)); then
        for i in "${!names[@]}"; do
            [[ -n ${texts[i]} ]] && printf -v line '%-*s  %s' "$width" "${names[i]}" "${texts[i]}" && COMPREPLY[i]=${line:0:${COLUMNS:-80}-2}
        done
    fi
}

complete -o default -F _bsonjs bsonjs
