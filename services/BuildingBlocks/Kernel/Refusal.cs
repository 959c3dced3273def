namespace OrderToCash.Kernel;

/// <summary>What kind of no it is; ServiceDefaults maps each kind to one HTTP status.</summary>
public enum RefusalKind
{
    /// <summary>The rules do not allow what was asked (422).</summary>
    Rule,

    /// <summary>The state it is in does not allow it now (409).</summary>
    State,

    /// <summary>What it names does not exist (404).</summary>
    NotFound,

    /// <summary>The caller lacks scope, entity or authority (403).</summary>
    Forbidden,
}

/// <summary>
/// A refused wish: a stable kebab-case code that callers may switch on, and a sentence for people.
/// Each aggregate lists its own in one file (<c>InvoiceRefusals.cs</c>).
/// </summary>
/// <param name="Code">Stable, kebab-case, e.g. <c>invoice-has-payments</c>.</param>
/// <param name="Detail">One or two sentences: what, why, and what would help.</param>
/// <param name="Kind">Decides the HTTP status.</param>
/// <param name="Field">JSON pointer of the input at fault, where there is one.</param>
public sealed record Refusal(string Code, string Detail, RefusalKind Kind = RefusalKind.Rule, string? Field = null)
{
    /// <summary>Characters of a reason that a person gives.</summary>
    public const int MaxReason = 500;

    /// <summary>A refusal because of the present state (409).</summary>
    public static Refusal State(string code, string detail) => new(code, detail, RefusalKind.State);

    /// <summary>A refusal because the thing does not exist (404).</summary>
    public static Refusal NotFound(string what, object id) =>
        new("not-found", $"There is no {what} {id}.", RefusalKind.NotFound);

    /// <summary>
    /// The refusal of a change that nobody said why of: blank, longer than 500 characters, or with control characters
    /// other than tabs and ends of lines; <c>reason-required</c> of the field <c>/reason</c>. Null where it says why.
    /// </summary>
    public static Refusal? Unexplained(string? reason) =>
        string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReason
            || reason.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
                ? new Refusal(
                    "reason-required", $"Say why, in 1 to {MaxReason} characters, none of them a control character.",
                    Field: "/reason")
                : null;
}
