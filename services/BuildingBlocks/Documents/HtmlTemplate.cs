using System.Reflection;
using HandlebarsDotNet;

namespace OrderToCash.Documents;

/// <summary>
/// A Handlebars template that is part of an assembly. Everything it is given is encoded for HTML, so that no name and
/// no note becomes markup; a word that it does not find throws. Compiled once, safe to fill from many threads.
/// </summary>
/// <typeparam name="T">What it is filled with.</typeparam>
public sealed class HtmlTemplate<T>
    where T : class
{
    private readonly HandlebarsTemplate<object, object> _fill;

    /// <summary>Reads and compiles the template.</summary>
    /// <param name="assembly">Where it is embedded.</param>
    /// <param name="name">Name of the resource, e.g. <c>statement.html.hbs</c>.</param>
    /// <param name="parts">Resources that it takes in where it says <c>{{&gt; part}}</c>, named without ending.</param>
    public HtmlTemplate(Assembly assembly, string name, params IEnumerable<string> parts)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(parts);
        var handlebars = Handlebars.Create(
            new HandlebarsConfiguration { ThrowOnUnresolvedBindingExpression = true });
        foreach (var part in parts)
            handlebars.RegisterTemplate(Path.GetFileNameWithoutExtension(part), Read(assembly, part));
        _fill = handlebars.Compile(Read(assembly, name));
    }

    /// <summary>The text with everything filled in.</summary>
    public string Fill(T model) => _fill(model);

    private static string Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"{assembly.GetName().Name} has no resource {name}.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
