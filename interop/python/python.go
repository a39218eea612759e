// Package python has tests that compare package pickle with real Python
// interpreters: what we write loads in them and is what it was, and what
// CPython writes is what we write. Interpreters are looked for on the path,
// in PYTHONS (a list of files, as PATH is one) and in ~/.pyenv; PyMongo is
// Debian's, which interop/setup installs, or the folder named by PYMONGO that
// holds package bson.
package python
