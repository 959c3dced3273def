using System.Collections.Frozen;
using System.Text.Json;
using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing;

/// <summary>
/// Stored event names and the types that read them. Names are written down, never derived: a class may be renamed, a
/// stored name may not. An event that has changed shape gets a new name; its old name is read through an upcaster.
/// </summary>
public sealed class EventTypes
{
    private readonly Dictionary<Type, string> _names = [];
    private readonly Dictionary<string, (Type Event, Reader Read)> _readers = new(StringComparer.Ordinal);
    private FrozenDictionary<Type, (string Name, string DotNetType)>? _frozenNames;
    private FrozenDictionary<string, (Type Event, Reader Read)>? _frozenReaders;

    private delegate object Reader(byte[] json);

    /// <summary>Stores <typeparamref name="TEvent"/> under this snake_case name.</summary>
    public EventTypes Add<TEvent>(string name)
        where TEvent : class
    {
        _names.Add(typeof(TEvent), name);
        _readers.Add(name, (typeof(TEvent), json => Parse<TEvent>(json, name)));
        return this;
    }

    /// <summary>
    /// Reads events stored under an old name as <typeparamref name="TOld"/> and hands on what they mean today.
    /// </summary>
    public EventTypes Upcast<TOld, TEvent>(string oldName, Func<TOld, TEvent> upcast)
        where TOld : class
        where TEvent : class
    {
        _readers.Add(oldName, (typeof(TEvent), json => upcast(Parse<TOld>(json, oldName))));
        return this;
    }

    /// <summary>All stored names that can be read, for the approval test.</summary>
    public IReadOnlyCollection<string> Names => _readers.Keys;

    /// <summary>All types that can be appended, with their stored names.</summary>
    public IReadOnlyDictionary<Type, string> Types => _names;

    internal (string Name, string DotNetType) NameOf(object data)
    {
        _frozenNames ??= _names.ToFrozenDictionary(
            pair => pair.Key, pair => (pair.Value, $"{pair.Key.FullName}, {pair.Key.Assembly.GetName().Name}"));
        return _frozenNames.TryGetValue(data.GetType(), out var known)
            ? known
            : throw new InvalidOperationException(
                $"{data.GetType()} has no stored name; add it to the service's EventTypes.");
    }

    /// <summary>
    /// An event as it is understood today, for whoever reads those of many streams with one statement.
    /// </summary>
    /// <param name="name">Its stored name.</param>
    /// <param name="json">Its data.</param>
    /// <exception cref="UnknownEventTypeException">Only a newer version of the service can read it.</exception>
    public object Read(string name, byte[] json)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(json);
        _frozenReaders ??= _readers.ToFrozenDictionary(StringComparer.Ordinal);
        if (!_frozenReaders.TryGetValue(name, out var reader))
            throw new UnknownEventTypeException(name);
        try
        {
            return reader.Read(json);
        }
        catch (JsonException error)
        {
            throw new UnknownEventTypeException(name, error);
        }
    }

    /// <summary>
    /// Stored names, old ones too, of all events but those of these types. A name that only a newer version of the
    /// service knows is not among them: nobody here can say what it means.
    /// </summary>
    internal FrozenSet<string> NamesBut(IReadOnlyCollection<Type> wanted)
    {
        if (wanted.FirstOrDefault(type => !_names.ContainsKey(type)) is { } unknown)
            throw new InvalidOperationException($"{unknown} has no stored name; add it to the service's EventTypes.");
        return _readers.Where(reader => !wanted.Contains(reader.Value.Event)).Select(reader => reader.Key)
            .ToFrozenSet(StringComparer.Ordinal);
    }

    internal static string Write(object data) => JsonSerializer.Serialize(data, data.GetType(), Json.Stored);

    private static T Parse<T>(byte[] json, string name) =>
        JsonSerializer.Deserialize<T>(json, Json.Stored)
        ?? throw new InvalidOperationException($"Stored event '{name}' is null.");
}

/// <summary>
/// A stored event that this version of the service cannot read. While a newer version is rolled out beside it that is
/// nobody's fault: nothing is decided or passed on without the event, and whoever can read it does the work.
/// </summary>
public sealed class UnknownEventTypeException(string name, JsonException? error = null)
    : Exception(
        $"Stored event '{name}' has no reader here: it is of a newer version, or its reader was removed.", error);
