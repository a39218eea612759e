// Package bsontest makes documents for tests of code that reads or writes BSON, damages
// them, and checks the properties of such code. It is to BSON what testing/iotest is
// to package io.
//
// Bytes that a fuzzer mutates are hardly ever a document. Choices always make one:
//
//	f.Fuzz(func(t *testing.T, data []byte) {
//		doc := bsontest.Document(data)
//		if err := bsontest.CheckRoundTrip(doc, viaMyCodec, 0); err != nil {
//			t.Fatal(err)
//		}
//	})
//
// # Documents
//
// A [Source] makes choices from the bytes of a fuzzer or from a seed. [Options] select
// the documents that are made of them: [Options.Document], [Options.Stream]. [Document]
// and [Documents] use the default options. [Seed] is the inverse: the choices that make a
// given document, for f.Add.
//
// # Damage
//
// [Faults] gives copies of a document, each with one of its possible faults. [Damage] gives
// one of these copies. Every [Fault] has a name, and the offset and error that
// bson.Validate reports.
//
// # Properties
//
// [CheckDecode], [CheckRoundTrip], [CheckAppend] and [CheckStream] check one input.
// They return nil, or an error that describes the input and the fault of the code.
// [TestCodec] checks a codec with thousands of inputs and reports each deviation by name.
//
// Package extjsontest does the same for Extended JSON, and pickletest for pickles. This
// package needs neither extjson nor pickle.
package bsontest
