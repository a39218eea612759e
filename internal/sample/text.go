package sample

// The words that documents are made of. Several scripts, because what is
// fast on ASCII need not be fast, or right, on two-, three- and four-byte
// UTF-8.

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

// foreign holds words of other scripts, and emoji of one and of several code
// points (a flag, a family, a skin tone).
var foreign = []string{
	"café", "naïve", "Straße", "smörgås", "žluťoučký", "İstanbul", "ångström",
	"Ελληνικά", "θάλασσα", "привет", "осень", "щука", "შემოდგომა", "ձմեռ",
	"שלום", "تفاح", "چای", "नमस्ते", "বাংলা", "தமிழ்", "ไทย", "ភាសា",
	"日本語", "東京都", "简体字", "繁體字", "한국어", "서울", "かな", "カタカナ",
	"🙂", "🎉", "🚲", "👩‍👩‍👧", "🇮🇸", "👍🏽", "𝔘𝔫𝔦", "𐍈𐌰", "½ ≤ ∞",
}

// awkward holds texts that have to be escaped, or nearly.
var awkward = []string{
	`"quoted"`, `back\slash`, "tab\there", "two\nlines", "cr\r\n", "form\ffeed",
	"bell\a", "nul\x00in the middle", "esc\x1b[0m", "del\x7f", "</script>",
	"a&b<c>d", "line\u2028sep", "para\u2029sep", `\u0041`, `{"$oid":"x"}`,
	"\ufeffbom", "\ufffd", "\U0010FFFF", "e\u0301", "",
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

// fields are keys of the bench mix: 6.1 bytes long on average, which makes
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
