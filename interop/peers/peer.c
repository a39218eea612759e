/* libbson as a peer; see peer.py for the protocol. */
#include <bson/bson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t *unhex(const char *s, size_t *n) {
	size_t len = strcspn(s, "\n") / 2;
	uint8_t *out = malloc(len + 1);
	for (size_t i = 0; i < len; i++) {
		char pair[3] = {s[2 * i], s[2 * i + 1], 0};
		out[i] = (uint8_t) strtoul(pair, NULL, 16);
	}
	out[len] = 0;
	*n = len;
	return out;
}

static void ok(const uint8_t *data, size_t n) {
	fputs("ok ", stdout);
	for (size_t i = 0; i < n; i++) printf("%02x", data[i]);
	putchar('\n');
}

int main(void) {
	char *line = NULL;
	size_t room = 0;
	while (getline(&line, &room, stdin) > 0) {
		char *arg = strchr(line, ' ');
		size_t n, len;
		*arg++ = 0;
		uint8_t *data = unhex(arg, &n);
		if (strcmp(line, "parse") == 0) {
			bson_error_t error;
			bson_t *doc = bson_new_from_json(data, (ssize_t) n, &error);
			if (doc) {
				ok(bson_get_data(doc), doc->len);
				bson_destroy(doc);
			} else {
				for (char *p = error.message; *p; p++)
					if (*p == '\n') *p = ' ';
				printf("err %s\n", error.message);
			}
		} else {
			bson_t doc;
			char *text = NULL;
			if (bson_init_static(&doc, data, n)) {
				if (strcmp(line, "canonical") == 0) text = bson_as_canonical_extended_json(&doc, &len);
				else if (strcmp(line, "relaxed") == 0) text = bson_as_relaxed_extended_json(&doc, &len);
				else text = bson_as_json(&doc, &len);
			}
			if (text) {
				ok((uint8_t *) text, len);
				bson_free(text);
			} else puts("err cannot write the document");
		}
		free(data);
		fflush(stdout);
	}
	free(line);
	return 0;
}
