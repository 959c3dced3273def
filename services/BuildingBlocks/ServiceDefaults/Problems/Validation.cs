namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Collects what is wrong with a request, all of it, before anything is decided:
/// <c>if (new Validation().Required("/name", name, max: 200).Problem is { } problem) return problem;</c>
/// </summary>
public sealed class Validation
{
    private readonly Dictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    /// <summary>Null when all is well, else 400 <c>validation-failed</c> with every message.</summary>
    public Problem? Problem => _errors.Count == 0
        ? null
        : Problems.Invalid(_errors.ToDictionary(e => e.Key, e => e.Value.ToArray(), StringComparer.Ordinal));

    /// <summary>
    /// The text is there, not blank, not longer than <paramref name="max"/>, and free of control characters.
    /// </summary>
    public Validation Required(string field, string? value, int max = 200) =>
        string.IsNullOrWhiteSpace(value) ? Add(field, "is required") : Optional(field, value, max);

    /// <summary>The text is absent, or not longer than <paramref name="max"/> and free of control characters.</summary>
    public Validation Optional(string field, string? value, int max = 200)
    {
        if (value is null)
            return this;
        if (value.Length > max)
            Add(field, $"is longer than {max} characters");
        return Check(!value.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')), field,
            "holds control characters");
    }

    /// <summary>Notes the message unless the condition holds.</summary>
    public Validation Check(bool condition, string field, string message) => condition ? this : Add(field, message);

    /// <summary>Notes a message.</summary>
    public Validation Add(string field, string message)
    {
        if (!_errors.TryGetValue(field, out var messages))
            _errors[field] = messages = [];
        messages.Add(message);
        return this;
    }
}
