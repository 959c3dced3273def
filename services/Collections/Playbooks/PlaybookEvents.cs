using OrderToCash.Kernel;

namespace OrderToCash.Collections.Playbooks;

/// <summary>How a step reaches the customer.</summary>
public enum NoticeChannel
{
    /// <summary>A mail over SMTP; a letter to whoever mail does not reach.</summary>
    Email,

    /// <summary>A letter on paper: it waits to be printed and posted.</summary>
    Letter,
}

/// <summary>
/// What a notice says, in one language. The texts may name <see cref="Placeholders"/>, e.g. <c>{{total}}</c>.
/// </summary>
/// <param name="Subject">Subject of the mail.</param>
/// <param name="Opening">Before the list of items; a blank line parts two paragraphs.</param>
/// <param name="Closing">After the list of items.</param>
public sealed record Wording(string Subject, string Opening, string Closing)
{
    /// <summary>What a text may name.</summary>
    public static readonly IReadOnlyList<string> Placeholders = ["contact", "customer", "entity", "total", "count",
        "date"];
}

/// <summary>One step of a playbook.</summary>
/// <param name="Code">Stable, kebab-case, e.g. <c>first-notice</c>; an item never gets the same step twice.</param>
/// <param name="OffsetDays">Days after the due date from which the step is due; negative before it.</param>
/// <param name="Channel">How it reaches the customer.</param>
/// <param name="MinimumAmounts">At most one per currency: an item with less to collect does not get this step.</param>
/// <param name="Wording">By language: <c>en</c>, and <c>es</c> and <c>fr</c> where there is a translation.</param>
/// <param name="AttachLetter">A mail carries the notice as a letter (PDF), too.</param>
public sealed record PlaybookStep(
    string Code, int OffsetDays, NoticeChannel Channel, IReadOnlyList<Money> MinimumAmounts,
    IReadOnlyDictionary<string, Wording> Wording, bool AttachLetter = false);

/// <summary>A playbook was written or changed; the whole of it as it is now.</summary>
/// <param name="Code">Its natural key.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Tolerances">At most one per currency: what is left of an item is not asked for up to this
/// amount.</param>
/// <param name="Steps">By offset, softest first.</param>
public sealed record PlaybookDefined(
    string Code, string Name, IReadOnlyList<Money> Tolerances, IReadOnlyList<PlaybookStep> Steps);
