using System.Xml.Linq;

namespace OrderToCash.Contracts.Tests.Support;

/// <summary>The doc comments of the contracts, as plain text.</summary>
internal static class Documentation
{
    private static readonly Dictionary<string, XElement> Members =
        XDocument.Load(Path.ChangeExtension(typeof(MoneyAmount).Assembly.Location, ".xml"))
            .Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    /// <summary>What a contract is.</summary>
    public static string Of(Type type) => Text(Member(type).Element("summary"))
        ?? throw new InvalidOperationException($"{type} has no summary.");

    /// <summary>What a field of it is.</summary>
    public static string Of(Type type, string field) =>
        Text(Member(type).Elements("param")
            .SingleOrDefault(param => param.Attribute("name")!.Value.Equals(field, StringComparison.OrdinalIgnoreCase)))
        ?? throw new InvalidOperationException($"{type}.{field} has no description.");

    private static XElement Member(Type type) => Members.GetValueOrDefault($"T:{type.FullName}")
        ?? throw new InvalidOperationException($"{type} has no doc comment.");

    private static string? Text(XElement? element) => element is null
        ? null
        : string.Join(' ', string.Concat(element.Nodes().Select(Words))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Words(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "paramref" } reference => reference.Attribute("name")!.Value,
        XElement { Name.LocalName: "see" } reference => reference.Attribute("cref")!.Value.Split('.', ':')[^1],
        XElement element => element.Value,
        _ => "",
    };
}
