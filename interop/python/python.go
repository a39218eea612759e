// Package python has tests that compare package pickle with Python interpreters.
// Our pickles load in Python as the same values, and have the same bytes as those
// of CPython.
//
// The tests look for interpreters in PATH, in ~/.pyenv, and among the files that
// the environment variable PYTHONS lists, separated as in PATH. They use the
// PyMongo of Debian, which interop/setup installs, and its packages pytz, dateutil,
// Django and mongoengine. The environment variable PYMONGO names another directory
// that contains the package bson.
package python
