using OrderToCash.Kernel;

namespace OrderToCash.Collections.Playbooks;

/// <summary>
/// What a step may say that sends a message (SMS, WhatsApp, portal). A message is short, and never cut: so its wording
/// is measured when it is defined, with room for all that it names.
/// </summary>
public static class MessageSteps
{
    /// <summary>
    /// Names of people and companies are written in so many characters at most, and end with three dots beyond.
    /// </summary>
    public const int MostOfName = 40;

    /// <summary>So many characters are kept for how to get no more of them, in any language.</summary>
    public const int MostOfStop = 60;

    private const string Beyond = "...";

    /// <summary>Characters that are kept for what a text names; all others are names.</summary>
    private static readonly Dictionary<string, int> Widths = new(StringComparer.Ordinal)
    {
        ["customerNumber"] = 30,
        ["total"] = 60,
        ["count"] = 6,
        ["date"] = 24,
        ["oldestInvoice"] = 50,
        ["oldestDueDate"] = 24,
        ["daysOverdue"] = 6,
        ["level"] = 2,
    };

    /// <summary>Most characters of a message, how to get no more of them included.</summary>
    public static int MostOf(NoticeChannel channel) => channel == NoticeChannel.Sms ? 480 : 1000;

    /// <summary>What is wrong with a step that sends a message; null for nothing, and for other steps.</summary>
    internal static Refusal? Check(PlaybookStep step, string at)
    {
        if (!step.Channel.IsMessage())
            return null;
        if (step.Fees is not null)
        {
            return PlaybookRefusals.Invalid(
                $"{at}/fees", "A message costs the customer nothing: a fee is named in a mail or a letter.");
        }

        var most = MostOf(step.Channel) - MostOfStop;
        return step.Wording.FirstOrDefault(text => LongestOf(text.Value) > most) is { Key: { } language } found
            ? PlaybookRefusals.Invalid(
                $"{at}/wording/{language}",
                $"Opening and closing of a message have {most} characters together, what they name included; " +
                $"these may have {LongestOf(found.Value)}.")
            : null;
    }

    /// <summary>
    /// A name as a message says it; no character is cut in two, and … is none of the signs of a text message.
    /// </summary>
    public static string Shorten(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length <= MostOfName)
            return name;
        var kept = MostOfName - Beyond.Length;
        return $"{name[..(char.IsHighSurrogate(name[kept - 1]) ? kept - 1 : kept)].TrimEnd()}{Beyond}";
    }

    /// <summary>As long as opening and closing may become, the break between them included.</summary>
    private static int LongestOf(Wording wording) => 1 + Wording.Placeholders.Aggregate(
        wording.Opening + wording.Closing,
        (text, name) => text.Replace(
            $"{{{{{name}}}}}", new string('x', Widths.GetValueOrDefault(name, MostOfName)), StringComparison.Ordinal),
        text => text.Length);
}
