using System.Text.Json.Nodes;

namespace OrderToCash.Gateway;

/// <summary>Puts the OpenAPI documents of several services into one. Pure.</summary>
internal static class ApiDocumentMerge
{
    private const string Schemas = "#/components/schemas/";

    /// <summary>Adds what a service says of itself, at the addresses under which the gateway passes it on.</summary>
    public static void Add(JsonObject merged, string service, JsonObject document)
    {
        document = Renamed(document, Differing(merged, document), service).AsObject();
        if (document["paths"] is JsonObject paths)
            AddPaths(Child(merged, "paths"), paths, service);
        if (document["components"] is JsonObject components)
        {
            foreach (var (kind, parts) in components)
                AddMissing(Child(Child(merged, "components"), kind), parts!.AsObject());
        }

        if (document["tags"] is JsonArray tags)
            AddTags(merged, tags);
    }

    private static void AddPaths(JsonObject merged, JsonObject paths, string service)
    {
        foreach (var (path, item) in paths)
        {
            var own = path.StartsWith("/admin/", StringComparison.Ordinal);
            if (own)
                NameAfter(service, item!.AsObject());
            AddMissing(Child(merged, own ? $"/admin/{service}{path["/admin".Length..]}" : path), item!.AsObject());
        }
    }

    /// <summary>
    /// Administration has the same addresses in every service; at the gateway the service is part of them.
    /// </summary>
    private static void NameAfter(string service, JsonObject item)
    {
        foreach (var operation in item.Select(pair => pair.Value).OfType<JsonObject>())
        {
            if (operation["operationId"] is { } name)
                operation["operationId"] = $"{name.GetValue<string>()}Of{Pascal(service)}";
        }
    }

    /// <summary>
    /// Names that mean another schema here than in the services before, directly or by what they refer to.
    /// </summary>
    private static HashSet<string> Differing(JsonObject merged, JsonObject document)
    {
        var known = merged["components"]?["schemas"] as JsonObject ?? [];
        var both = (document["components"]?["schemas"] as JsonObject ?? [])
            .Where(schema => known.ContainsKey(schema.Key)).ToList();
        var differing = both.Where(schema => !JsonNode.DeepEquals(known[schema.Key], schema.Value))
            .Select(schema => schema.Key).ToHashSet(StringComparer.Ordinal);

        // A schema that refers to a differing one differs too, however far away; each round finds the next ones.
        bool grew;
        do
        {
            grew = false;
            foreach (var (name, schema) in both)
                grew |= References(schema).Any(differing.Contains) && differing.Add(name);
        }
        while (grew);

        return differing;
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject parent => parent.SelectMany(pair => References(pair.Value)),
        JsonArray list => list.SelectMany(References),
        _ => Reference(node) is { } name ? [name] : [],
    };

    /// <summary>
    /// A copy in which the schemas of these names, and all references to them, carry the service's name.
    /// </summary>
    private static JsonNode Renamed(JsonNode node, HashSet<string> names, string service, bool areSchemas = false)
    {
        switch (node)
        {
            case JsonObject parent:
                var copy = new JsonObject();
                foreach (var (key, value) in parent)
                {
                    var name = areSchemas && names.Contains(key) ? Own(service, key) : key;
                    copy[name] = value is null
                        ? null
                        : Renamed(value, names, service, areSchemas: value.GetPath() == "$.components.schemas");
                }

                return copy;
            case JsonArray list:
                return new JsonArray([.. list.Select(item => item is null ? null : Renamed(item, names, service))]);
            default:
                return Reference(node) is { } reference && names.Contains(reference)
                    ? JsonValue.Create(Schemas + Own(service, reference))
                    : node.DeepClone();
        }
    }

    private static string? Reference(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text)
            && text.StartsWith(Schemas, StringComparison.Ordinal)
            ? text[Schemas.Length..]
            : null;

    /// <summary>With a dot, which no name of a type has: it meets no other schema.</summary>
    private static string Own(string service, string name) => $"{Pascal(service)}.{name}";

    private static string Pascal(string service) =>
        string.Concat(service.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static void AddMissing(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from.Where(pair => !into.ContainsKey(pair.Key)))
            into[key] = value?.DeepClone();
    }

    private static void AddTags(JsonObject merged, JsonArray tags)
    {
        if (merged["tags"] is not JsonArray list)
            merged["tags"] = list = [];
        var names = list.Select(Name).ToHashSet(StringComparer.Ordinal);
        foreach (var tag in tags.Where(tag => names.Add(Name(tag))))
            list.Add(tag!.DeepClone());

        static string? Name(JsonNode? tag) => tag?["name"]?.GetValue<string>();
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child)
            return child;
        var made = new JsonObject();
        parent[name] = made;
        return made;
    }
}
