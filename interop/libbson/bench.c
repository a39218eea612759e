// Measures a task of libbson on documents.
//
//   bench TASK BSON-FILE TEXT-FILE MILLISECONDS
//
// BSON-FILE has the documents in a row. TEXT-FILE has their texts, one per line.
// The program reads its file before the clock starts. It repeats whole rounds
// over all documents until the time is over, and prints the nanoseconds per
// document. With 0 milliseconds it processes each document once and prints the
// output instead: texts, one per line, or BSON.

#include <bson/bson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
   const uint8_t *data;
   size_t len;
} input_t;

typedef struct {
   input_t *list;
   size_t n, room;
} inputs_t;

static void die(const char *what)
{
   fprintf(stderr, "bench: %s\n", what);
   exit(1);
}

static void add(inputs_t *in, const uint8_t *data, size_t len)
{
   if (in->n == in->room) {
      in->room = in->room ? 2 * in->room : 1024;
      in->list = realloc(in->list, in->room * sizeof *in->list);
      if (!in->list) {
         die("out of memory");
      }
   }
   in->list[in->n].data = data;
   in->list[in->n].len = len;
   in->n++;
}

static uint8_t *read_file(const char *name, size_t *len)
{
   FILE *f = fopen(name, "rb");
   if (!f || fseek(f, 0, SEEK_END)) {
      die(name);
   }
   *len = (size_t) ftell(f);
   rewind(f);
   uint8_t *buf = malloc(*len + 1);
   if (!buf || fread(buf, 1, *len, f) != *len) {
      die(name);
   }
   buf[*len] = 0;
   fclose(f);
   return buf;
}

static void read_bson(const char *name, inputs_t *in)
{
   size_t len, at = 0;
   uint8_t *buf = read_file(name, &len);
   while (at + 4 <= len) {
      uint32_t n = (uint32_t) buf[at] | (uint32_t) buf[at + 1] << 8 | (uint32_t) buf[at + 2] << 16 |
                   (uint32_t) buf[at + 3] << 24;
      if (n < 5 || n > len - at) {
         die("bad length in the BSON file");
      }
      add(in, buf + at, n);
      at += n;
   }
}

static void read_lines(const char *name, inputs_t *in)
{
   size_t len, at = 0;
   uint8_t *buf = read_file(name, &len);
   while (at < len) {
      uint8_t *end = memchr(buf + at, '\n', len - at);
      size_t n = end ? (size_t) (end - (buf + at)) : len - at;
      add(in, buf + at, n);
      at += n + 1;
   }
}

static int printing;

static void show(const void *data, size_t len, int line)
{
   if (printing && (fwrite(data, 1, len, stdout) != len || (line && putchar('\n') == EOF))) {
      die("cannot write");
   }
}

// Each task returns the length of its output in bytes; validate that of its input.

static size_t to_canonical(const input_t *in)
{
   bson_t doc;
   size_t len;
   if (!bson_init_static(&doc, in->data, in->len)) {
      die("bson_init_static");
   }
   char *text = bson_as_canonical_extended_json(&doc, &len);
   if (!text) {
      die("bson_as_canonical_extended_json");
   }
   show(text, len, 1);
   bson_free(text);
   return len;
}

static size_t to_relaxed(const input_t *in)
{
   bson_t doc;
   size_t len;
   if (!bson_init_static(&doc, in->data, in->len)) {
      die("bson_init_static");
   }
   char *text = bson_as_relaxed_extended_json(&doc, &len);
   if (!text) {
      die("bson_as_relaxed_extended_json");
   }
   show(text, len, 1);
   bson_free(text);
   return len;
}

static size_t from_text(const input_t *in)
{
   bson_error_t error;
   bson_t *doc = bson_new_from_json(in->data, (ssize_t) in->len, &error);
   if (!doc) {
      die(error.message);
   }
   size_t len = doc->len;
   show(bson_get_data(doc), len, 0);
   bson_destroy(doc);
   return len;
}

static size_t validate(const input_t *in)
{
   bson_t doc;
   size_t at;
   if (!bson_init_static(&doc, in->data, in->len) ||
       !bson_validate(&doc, BSON_VALIDATE_UTF8 | BSON_VALIDATE_UTF8_ALLOW_NULL, &at)) {
      die("bson_validate");
   }
   return in->len;
}

static double now(void)
{
   struct timespec t;
   clock_gettime(CLOCK_MONOTONIC, &t);
   return (double) t.tv_sec * 1e9 + (double) t.tv_nsec;
}

int main(int argc, char **argv)
{
   if (argc != 5) {
      die("usage: bench TASK BSON-FILE TEXT-FILE MILLISECONDS");
   }
   inputs_t in = {0};
   size_t (*task)(const input_t *) = NULL;
   if (!strcmp(argv[1], "ToCanonical")) {
      task = to_canonical;
   } else if (!strcmp(argv[1], "ToRelaxed")) {
      task = to_relaxed;
   } else if (!strcmp(argv[1], "FromCanonical") || !strcmp(argv[1], "FromRelaxed")) {
      task = from_text;
   } else if (!strcmp(argv[1], "Validate")) {
      task = validate;
   } else {
      die("unknown task");
   }
   if (task == from_text) {
      read_lines(argv[3], &in);
   } else {
      read_bson(argv[2], &in);
   }
   if (!in.n) {
      die("no documents");
   }
   double limit = atof(argv[4]) * 1e6;
   uint64_t sum = 0, done = 0;
   if (limit == 0) {
      printing = 1;
      for (size_t i = 0; i < in.n; i++) {
         task(&in.list[i]);
      }
      return 0;
   }
   for (size_t i = 0; i < in.n && i < 200; i++) {
      sum += task(&in.list[i]); // warm up
   }
   sum = 0;
   double start = now(), end;
   do {
      for (size_t i = 0; i < in.n; i++) {
         sum += task(&in.list[i]);
      }
      done += in.n;
      end = now();
   } while (end - start < limit);
   printf("%s %.2f ns/op %.0f bytes/op out, libbson %s\n", argv[1], (end - start) / (double) done,
          (double) sum / (double) done, bson_get_version());
   return 0;
}
