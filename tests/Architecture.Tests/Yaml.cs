using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace OrderToCash.Architecture.Tests;

/// <summary>YAML files of the repository as JSON; every scalar is text.</summary>
internal static class Yaml
{
    private static readonly IDeserializer Reader = new DeserializerBuilder().Build();
    private static readonly ISerializer Writer = new SerializerBuilder().JsonCompatible().Build();

    /// <summary>The one document of a file, with anchors and merges (<c>&lt;&lt;</c>) resolved.</summary>
    public static JsonNode Read(string path)
    {
        var parser = new MergingParser(new Parser(new StringReader(Repository.Read(path))));
        return JsonNode.Parse(Writer.Serialize(Reader.Deserialize<object>(parser)))!;
    }

    /// <summary>The text at a path of names and indexes, e.g. <c>spec/ports/0/name</c>, or null.</summary>
    public static string? Text(this JsonNode node, string path) => node.At(path)?.GetValue<string>();

    /// <summary>What is at a path; null when nothing is.</summary>
    public static JsonNode? At(this JsonNode node, string path) => path.Split('/').Aggregate(
        (JsonNode?)node, (at, name) => at is JsonArray list ? list[int.Parse(name, null)] : at?[name]);

    /// <summary>The texts of a list.</summary>
    public static IReadOnlyList<string> Texts(this JsonNode node, string path) =>
        [.. node.At(path)!.AsArray().Select(item => item!.GetValue<string>())];
}
