using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Contracts.Tests.Support;

/// <summary>JSON Schema (draft 2020-12) of a contract, from the type itself and from what serialises it.</summary>
internal static class Schemas
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.General)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSchemaExporterOptions Exporting = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, node) => Describe(context, node),
    };

    /// <summary>The schema of a contract.</summary>
    public static JsonObject Of(Type type)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = $"urn:ordertocash:contract:{ContractName.Of(type).RoutingKey}",
            ["title"] = type.Name,
        };
        foreach (var (keyword, value) in Json.Wire.GetJsonSchemaAsNode(type, Exporting).AsObject())
            schema[keyword] = value?.DeepClone();
        return schema;
    }

    /// <summary>The schema as it is committed.</summary>
    public static string Text(Type type) => Of(type).ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node)
    {
        var schema = Number(context.TypeInfo.Type, node) ?? node.AsObject();
        if (context.PropertyInfo is { } property)
            return With(schema, Documentation.Of(property.DeclaringType, property.Name));

        // Elements of a list: what they are follows from their type.
        return Contracts.All.Contains(context.TypeInfo.Type)
            ? With(schema, Documentation.Of(context.TypeInfo.Type))
            : schema;
    }

    /// <summary>
    /// Amounts are text with a decimal point, so that no reader makes binary floats of them; null for other types.
    /// </summary>
    private static JsonObject? Number(Type type, JsonNode node)
    {
        if (type != typeof(decimal) && type != typeof(decimal?))
            return null;
        var schema = new JsonObject
        {
            ["type"] = type == typeof(decimal) ? "string" : new JsonArray("string", "null"),
            ["pattern"] = @"^-?[0-9]+(\.[0-9]+)?$",
        };
        if (node is JsonObject known && known.ContainsKey("default"))
            schema["default"] = known["default"]?.DeepClone();
        return schema;
    }

    /// <summary>The description comes first: people read from the top.</summary>
    private static JsonObject With(JsonObject schema, string description)
    {
        schema.Remove("description");
        schema.Insert(0, "description", description);
        return schema;
    }
}
