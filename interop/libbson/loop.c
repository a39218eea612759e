// Converts a whole file with libbson, as an ordinary program does.
//
//   loop canonical BSON-FILE    writes canonical Extended JSON, one document per line
//   loop parse TEXT-FILE        writes BSON

#include <bson/bson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what)
{
   fprintf(stderr, "loop: %s\n", what);
   exit(1);
}

static void canonical(const char *name)
{
   bson_error_t error;
   bson_reader_t *reader = bson_reader_new_from_file(name, &error);
   if (!reader) {
      die(error.message);
   }
   const bson_t *doc;
   bool eof = false;
   while ((doc = bson_reader_read(reader, &eof))) {
      size_t len;
      char *text = bson_as_canonical_extended_json(doc, &len);
      if (!text) {
         die("cannot convert a document");
      }
      fwrite(text, 1, len, stdout);
      putchar('\n');
      bson_free(text);
   }
   if (!eof) {
      die("malformed document");
   }
   bson_reader_destroy(reader);
}

static void parse(const char *name)
{
   bson_error_t error;
   bson_json_reader_t *reader = bson_json_reader_new_from_file(name, &error);
   if (!reader) {
      die(error.message);
   }
   for (;;) {
      bson_t doc = BSON_INITIALIZER;
      int more = bson_json_reader_read(reader, &doc, &error);
      if (more < 0) {
         die(error.message);
      }
      if (more == 0) {
         bson_destroy(&doc);
         break;
      }
      fwrite(bson_get_data(&doc), 1, doc.len, stdout);
      bson_destroy(&doc);
   }
   bson_json_reader_destroy(reader);
}

int main(int argc, char **argv)
{
   static char buffer[1 << 16];
   setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
   if (argc != 3) {
      die("usage: loop canonical|parse FILE");
   }
   if (!strcmp(argv[1], "canonical")) {
      canonical(argv[2]);
   } else if (!strcmp(argv[1], "parse")) {
      parse(argv[2]);
   } else {
      die("unknown task");
   }
   if (fflush(stdout)) {
      die("cannot write");
   }
   return 0;
}
