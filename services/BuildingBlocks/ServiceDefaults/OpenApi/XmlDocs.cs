using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OrderToCash.ServiceDefaults;

/// <summary>Documentation comments, from the XML file beside an assembly.</summary>
internal static partial class XmlDocs
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> Files = new();

    /// <summary>The summary of a type.</summary>
    public static string? Summary(Type type) => Text(Find(type.Assembly, $"T:{NameOf(type)}")?.Element("summary"));

    /// <summary>The summary of a property; of a positional record the parameter's words.</summary>
    public static string? Summary(MemberInfo property)
    {
        if (property.DeclaringType is not { } type)
            return null;
        var own = Text(Find(type.Assembly, $"P:{NameOf(type)}.{property.Name}")?.Element("summary"));
        return own ?? Text(Find(type.Assembly, $"T:{NameOf(type)}")?.Elements("param")
            .FirstOrDefault(param => param.Attribute("name")?.Value == property.Name));
    }

    /// <summary>The summary of a handler, or of the use case it belongs to.</summary>
    public static string? Summary(MethodInfo method)
    {
        if (method.DeclaringType is not { } type)
            return null;
        var name = $"M:{NameOf(type)}.{method.Name}";
        var key = Of(type.Assembly).Keys.FirstOrDefault(one =>
            one.StartsWith(name, StringComparison.Ordinal) && (one.Length == name.Length || one[name.Length] == '('));
        return Text(key is null ? null : Find(type.Assembly, key)?.Element("summary"));
    }

    private static XElement? Find(Assembly assembly, string id) => Of(assembly).GetValueOrDefault(id);

    private static Dictionary<string, XElement> Of(Assembly assembly) => Files.GetOrAdd(assembly, one =>
    {
        var file = Path.ChangeExtension(one.Location, ".xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member")
                .DistinctBy(member => member.Attribute("name")!.Value)
                .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal)
            : [];
    });

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string? Text(XElement? element)
    {
        if (element is null)
            return null;
        var text = string.Concat(element.Nodes().Select(node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "c" or "code" } code => $"`{code.Value}`",
            XElement part when part.Attribute("cref")?.Value is { } target => target[(target.LastIndexOf('.') + 1)..],
            XElement part when part.Attribute("name")?.Value is { } name => $"`{name}`",
            XElement part => $" {part.Value}",
            _ => "",
        }));
        return Blanks().Replace(text, " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}
