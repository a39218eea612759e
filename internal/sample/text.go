package sample

// The words of documents. They have several scripts, because code that is fast on
// ASCII may be slow, or wrong, on characters of two, three and four bytes.

var words = []string{
	"amber", "anchor", "autumn", "barley", "basket", "birch", "bright",
	"candle", "canyon", "cedar", "cobalt", "copper", "crisp", "delta",
	"ember", "fabric", "falcon", "forest", "garden", "ginger", "granite",
	"harbor", "hazel", "indigo", "island", "ivory", "juniper", "kettle",
	"lantern", "linen", "maple", "marble", "meadow", "metal", "nectar",
	"north", "oak", "ocean", "olive", "orchid", "paper", "pebble", "pine",
	"quartz", "quiet", "rain", "river", "saddle", "sage", "silver", "slate",
	"spruce", "stone", "sugar", "summit", "tea", "thistle", "timber", "tulip",
	"velvet", "walnut", "water", "willow", "winter", "wool", "zephyr",
}

var people = []string{
	"Ada", "Björn", "Chloé", "Dmitri", "Elif", "Fatima", "Grace", "Hiroshi",
	"Ingrid", "José", "Katarzyna", "Lars", "Mei", "Ngozi", "Olga", "Priya",
	"Quentin", "Rosa", "Søren", "Tomás", "Uma", "Valentina", "Wei", "Ximena",
	"Yusuf", "Zoë", "Αλέξης", "Мария", "محمد", "陳", "김", "さくら",
}

var cities = []string{
	"Accra", "Bergen", "Bogotá", "Chennai", "Düsseldorf", "Fez", "Göteborg",
	"Hà Nội", "Kraków", "Lagos", "Łódź", "Malmö", "Nairobi", "Oulu", "Perth",
	"Québec", "Reykjavík", "São Paulo", "Tallinn", "Ulm", "Αθήνα", "Киев",
	"القاهرة", "東京", "서울",
}

// fields has the keys of the bench mix. Their average length is 6.1 bytes, which makes
// the average document 759 bytes.
var fields = []string{
	"sku", "url", "city", "code", "cost", "data", "hash", "info", "item",
	"kind", "lang", "mail", "meta", "name",
	"note", "size", "slot", "text", "type", "unit", "zone", "alias", "batch",
	"brand", "color", "count", "email", "error", "group", "label", "level",
	"model", "order", "owner", "phase", "phone", "price", "query", "range",
	"score", "state", "title", "total", "user", "value", "width", "author",
	"bucket", "client", "detail", "domain", "height", "length", "locale",
	"medium", "origin", "parent", "rating", "region", "result", "source",
	"status", "stream", "target", "thread", "weight", "account", "address",
	"balance", "channel", "comment", "company", "content", "country",
	"created", "currency", "deadline", "discount", "duration", "expires",
	"features", "language", "latitude", "modified", "password", "position",
	"priority", "quantity", "received", "revision", "sequence", "shipping",
	"supplier", "timezone", "updated_at", "created_by",
	"started_at", "visibility", "signature", "external_id", "description",
	"temperature",
}
