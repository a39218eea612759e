package main

import (
	"os"
	"os/exec"
	"path/filepath"
)

// look returns the jobs of table look. The first job of each task is the one to which
// reportSelections compares the others.
func (c *config) look() []job {
	var jobs []job
	add := func(task, who string, args ...string) *job {
		jobs = append(jobs, job{task: task, who: who, core: "0", args: args, null: true})
		return &jobs[len(jobs)-1]
	}
	ours := func(task, command string, files ...string) {
		add(task, command, append([]string{c.bsonjs, command, "-j", "1"}, files...)...)
	}
	rival := func(task, who string, args ...string) { add(task, who, args...).rival = true }
	script := func(name string) string { return filepath.Join("peers", name) }

	add("reading", "cat", "cat", c.bsonFile)
	ours("reading", "count", c.bsonFile)
	ours("validate", "validate", c.bsonFile)
	ours("validate", "count", c.bsonFile)
	ours("validate", "stats", c.bsonFile)
	ours("validate", "schema", c.bsonFile)
	ours("validate twice", "validate", c.bsonFile, c.bsonFile)
	ours("validate twice", "diff", c.bsonFile, c.bsonFile)

	const python = "/usr/bin/python3" // it has PyMongo, see setup
	pymongo := exec.Command(python, "-c", "import bson").Run() == nil
	ours("rivals of stats", "stats", c.partFile)
	if pymongo {
		rival("rivals of stats", "PyMongo loop: sizes, types, keys", python, script("schema.py"), "stats", c.partFile)
	}
	ours("rivals of schema", "schema", c.partFile)
	if pymongo {
		rival("rivals of schema", "PyMongo loop: types by path", python, script("schema.py"), "schema", c.partFile)
	}
	if _, err := os.Stat(script("node_modules/mongodb-schema")); err == nil {
		rival("rivals of schema", "mongodb-schema", "node", script("schema.mjs"), c.partFile)
	}
	for _, t := range []struct{ task, file string }{{"rivals of diff", c.partFile}, {"rivals of diff, other order", c.otherFile}} {
		ours(t.task, "diff", c.partFile, t.file)
		if pymongo {
			rival(t.task, "PyMongo loop: equal by _id", python, script("diff.py"), c.partFile, t.file)
		}
	}
	return jobs
}
