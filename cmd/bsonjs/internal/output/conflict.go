package output

import (
	"io"
	"io/fs"
	"os"
)

// Conflict returns the first of the inputs, names as the input package opens
// them, that is the same file as the output, or as the one that a run that
// stops would leave: by another name, through a link or as stdin too. It
// returns false if there is none. Devices, pipes and terminals may be both.
func (o Options) Conflict(inputs []string, stdin io.Reader) (string, bool) {
	written := o.written()
	if len(written) == 0 {
		return "", false
	}
	for _, name := range inputs {
		info := statInput(name, stdin)
		if info == nil {
			continue
		}
		for _, w := range written {
			if os.SameFile(info, w) {
				return name, true
			}
		}
	}
	return "", false
}

// written returns the regular files that are there and that the output may
// replace or add to.
func (o Options) written() (files []fs.FileInfo) {
	add := func(info fs.FileInfo, err error) {
		if err == nil && info.Mode().IsRegular() {
			files = append(files, info)
		}
	}
	if o.isStdout() {
		if file, ok := o.Stdout.(*os.File); ok {
			add(file.Stat())
		}
		return files
	}
	add(os.Stat(o.Name))
	if target, _, err := resolve(o.Name); err == nil {
		add(os.Stat(PartialName(target)))
	}
	return files
}

// statInput returns nil for what cannot be looked at; opening it will say why.
func statInput(name string, stdin io.Reader) fs.FileInfo {
	var info fs.FileInfo
	var err error
	if name == "-" {
		file, ok := stdin.(*os.File)
		if !ok {
			return nil
		}
		info, err = file.Stat()
	} else {
		info, err = os.Stat(name)
	}
	if err != nil {
		return nil
	}
	return info
}
