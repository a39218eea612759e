"use strict";
// Search, keys and links of the page. Without it everything can still be read and unfolded.
(() => {
	const tree = document.querySelector(".tree");
	if (!tree) return;
	const form = document.querySelector(".search");
	const input = document.getElementById("search");
	const hits = document.getElementById("hits");
	const number = new Intl.NumberFormat("en");
	form.hidden = false;

	// All entries in order, each with its text for the search and the entry around it.
	const entries = [];
	const entryOf = new Map();
	const collect = (list, above) => {
		for (const li of list.children) {
			const details = li.firstElementChild;
			const key = details.firstElementChild.querySelector("code").textContent;
			const path = above && key !== "[]" ? above.path + "." + key : (above ? above.path : "") + key;
			const entry = { li, details, above, path, text: path.toLowerCase(), parent: false };
			entries.push(entry);
			entryOf.set(li, entry);
			const kids = details.lastElementChild;
			if (kids.tagName === "UL") {
				entry.parent = true;
				collect(kids, entry);
			}
		}
	};
	collect(tree, null);

	const reveal = (entry) => {
		for (let e = entry.above; e; e = e.above) e.details.open = true;
	};

	// The search shows the paths that have all words, and the paths around them.
	let before = null; // which entries were unfolded before the search
	let found = []; // the entries that have all words
	const search = () => {
		const words = input.value.toLowerCase().split(/\s+/).filter((word) => word);
		if (!words.length) {
			entries.forEach((e, i) => {
				e.li.hidden = false;
				if (before) e.details.open = before[i];
			});
			before = null;
			found = [];
			hits.textContent = "";
			return;
		}
		if (!before) before = entries.map((e) => e.details.open);
		const shown = new Set();
		const around = new Set();
		found = entries.filter((e) => words.every((word) => e.text.includes(word)));
		for (const e of found) {
			shown.add(e);
			for (let a = e.above; a && !around.has(a); a = a.above) {
				around.add(a);
				shown.add(a);
			}
		}
		for (const e of entries) {
			e.li.hidden = !shown.has(e);
			if (e.parent && shown.has(e)) e.details.open = around.has(e);
		}
		hits.textContent = number.format(found.length) + " of " + number.format(entries.length) + (entries.length === 1 ? " path" : " paths");
	};
	let waiting = 0;
	input.addEventListener("input", () => {
		cancelAnimationFrame(waiting);
		waiting = requestAnimationFrame(search);
	});
	const clear = () => {
		input.value = "";
		search();
	};
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const first = input.value.trim() ? found[0] : entries[0];
		if (first) first.details.firstElementChild.focus();
	});
	document.getElementById("unfold").addEventListener("click", () => {
		for (const e of entries) if (!e.li.hidden) e.details.open = true;
	});
	document.getElementById("fold").addEventListener("click", () => {
		for (const e of entries) e.details.open = false;
	});

	// Keys: / goes to the search, Escape clears it, arrows move in the tree as in other trees.
	const go = (e) => {
		if (!e) return false;
		e.details.firstElementChild.focus();
		return true;
	};
	const step = (from, by) => {
		for (let i = entries.indexOf(from) + by; i >= 0 && i < entries.length; i += by) {
			let folded = entries[i].li.hidden;
			for (let a = entries[i].above; a && !folded; a = a.above) folded = a.li.hidden || !a.details.open;
			if (!folded) return entries[i];
		}
		return null;
	};
	const moves = {
		ArrowDown: (e) => go(step(e, 1)),
		ArrowUp: (e) => go(step(e, -1)),
		ArrowRight: (e) => {
			if (e.details.open) return go(e.parent ? step(e, 1) : null);
			return (e.details.open = true);
		},
		ArrowLeft: (e) => {
			if (!e.details.open) return go(e.above);
			e.details.open = false;
			return true;
		},
	};
	document.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const at = document.activeElement;
		if (event.key === "/" && at !== input) {
			event.preventDefault();
			input.focus();
			input.select();
		} else if (event.key === "Escape" && at === input) {
			clear();
		} else if (event.key === "ArrowDown" && at === input) {
			if (go(entries.find((e) => !e.li.hidden))) event.preventDefault();
		} else if (at.tagName === "SUMMARY" && moves[event.key]) {
			const entry = entryOf.get(at.closest(".tree li"));
			if (entry && moves[event.key](entry)) event.preventDefault();
		}
	});

	// A link to a path unfolds it.
	const follow = () => {
		const li = /^#p\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
		const entry = li && entryOf.get(li);
		if (!entry) return;
		if (input.value) clear();
		reveal(entry);
		entry.details.open = true;
		const row = entry.details.firstElementChild;
		row.scrollIntoView({ block: "center" });
		row.focus({ preventScroll: true });
	};
	addEventListener("hashchange", follow);
	document.addEventListener("click", (event) => {
		const link = event.target.closest("a[href^='#p']");
		if (!link || link.hash !== location.hash) return;
		event.preventDefault(); // it would take the focus from the entry
		follow(); // the hash does not change
	});
	follow();

	// Paper shows all paths.
	let folded = [];
	addEventListener("beforeprint", () => {
		folded = entries.filter((e) => e.parent && !e.details.open);
		for (const e of folded) e.details.open = true;
	});
	addEventListener("afterprint", () => {
		for (const e of folded) e.details.open = false;
	});
})();
