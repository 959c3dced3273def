using OrderToCash.Documents;

namespace OrderToCash.Collections.Notices;

/// <summary>A notice in one sentence, for the contact log and for what is published about it.</summary>
public static class NoticeSummary
{
    /// <summary>It went out.</summary>
    public static string Sent(NoticeContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return $"Sent {content.Step} of {content.Date:yyyy-MM-dd} to {content.To}: {What(content)}.";
    }

    /// <summary>It did not go out.</summary>
    public static string Failed(NoticeFailed failed)
    {
        ArgumentNullException.ThrowIfNull(failed);
        var content = failed.Content;
        return $"Could not send {content.Step} of {content.Date:yyyy-MM-dd} to {content.To}: {failed.Reason}";
    }

    private static string What(NoticeContent content) =>
        $"{content.Items.Count} item{(content.Items.Count == 1 ? "" : "s")}, " +
        DocumentLanguage.English.Amounts(Deduction.From(content.Totals, content.Deductions));
}
