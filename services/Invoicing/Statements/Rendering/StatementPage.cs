using OrderToCash.Documents;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Invoicing.Letterheads.Rendering;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements.Rendering;

/// <summary>A statement as it stands on paper: every word and figure as it is written there.</summary>
/// <param name="Due">What is left to pay, in each currency; of a group together.</param>
public sealed record StatementPage(
    Paper Paper, StatementLabels Labels, string Title, IReadOnlyList<string> To, string CustomerNumber, string Period,
    string AsOf, IReadOnlyList<string> Due, IReadOnlyList<StatementPage.Part> Parts)
{
    /// <summary>One customer: of a group each of them, and last all of them together.</summary>
    /// <param name="Heading">Who it is; null where it is the only one.</param>
    public sealed record Part(string? Heading, IReadOnlyList<Section> Accounts);

    /// <summary>One currency.</summary>
    /// <param name="ShowsItems">False of all together, whose items stand with each of them.</param>
    public sealed record Section(
        string Currency, bool HasEntries, string Opening, IReadOnlyList<Entry> Entries, string Charges, string Credits,
        string Closing, string? Unapplied, string Due, IReadOnlyList<Bucket> Aging, bool ShowsItems, bool HasItems,
        IReadOnlyList<Item> Items);

    public sealed record Entry(
        string Date, string Number, string Description, string? Charge, string? Credit, string Balance);

    public sealed record Bucket(string Name, string Amount, bool Late);

    public sealed record Item(
        string Number, string Date, string DueDate, string Overdue, bool Late, string Amount, string Open);

    /// <summary>The page of a statement.</summary>
    /// <param name="content">What it says.</param>
    /// <param name="letterhead">What stands on it; may be nearly empty.</param>
    /// <param name="country">Of the legal entity: North America writes on Letter, the rest of the world on A4.</param>
    /// <param name="billTo">Where it goes, or null.</param>
    public static StatementPage Of(
        StatementContent content, LetterheadDefined letterhead, string country, BillTo? billTo)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(letterhead);
        var language = DocumentLanguage.Of(content.Language);
        var labels = StatementLabels.Of(language);
        return new StatementPage(
            Paper.Of(letterhead, country, language, content.CustomerNumber), labels,
            content.OutstandingOnly ? labels.OpenItemsTitle : labels.Title,
            [content.CustomerName, .. Paper.Lines(billTo?.Address)], content.CustomerNumber,
            $"{language.Date(content.From)} – {language.Date(content.To)}", language.Date(content.To),
            [.. content.Accounts.Select(account => language.Amount(account.Due))],
            [.. PartsOf(content, language, labels)]);
    }

    private static IEnumerable<Part> PartsOf(
        StatementContent content, DocumentLanguage language, StatementLabels labels)
    {
        var (isGroup, showsEntries) = (content.Members is not null, !content.OutstandingOnly);
        foreach (var member in content.Members ?? [])
        {
            yield return new Part(
                $"{member.CustomerName} · {member.CustomerNumber}",
                [.. member.Accounts.Select(account => SectionOf(account, showsEntries, true, language, labels))]);
        }

        yield return new Part(
            isGroup ? labels.Together : null,
            [.. content.Accounts.Select(account => SectionOf(
                account, showsEntries && !isGroup, !isGroup, language, labels))]);
    }

    private static Section SectionOf(
        StatementAccount account, bool showsEntries, bool showsItems, DocumentLanguage language,
        StatementLabels labels) => new(
            account.Currency, showsEntries, language.Number(account.Opening),
            [.. account.Entries.Select(entry => new Entry(
                language.ShortDate(entry.Date), entry.Number, StatementLabels.Kind(language, entry.Kind),
                entry.Amount.IsPositive ? language.Number(entry.Amount) : null,
                entry.Amount.IsPositive ? null : language.Number(-entry.Amount), language.Number(entry.Balance)))],
            language.Number(account.Charges), language.Number(-account.Credits), language.Number(account.Closing),
            account.UnappliedCash.IsZero ? null : language.Number(-account.UnappliedCash), language.Amount(account.Due),
            [.. account.Aging.Select((bucket, index) => new Bucket(
                index == 0 ? labels.Current : $"{bucket.Bucket} {labels.DaysShort}", language.Number(bucket.Amount),
                index > 0 && bucket.Amount.IsPositive))],
            showsItems, account.Items.Count > 0,
            [.. account.Items.Select(item => ItemOf(item, language, labels))]);

    private static Item ItemOf(StatementItem item, DocumentLanguage language, StatementLabels labels)
    {
        var late = item.DaysOverdue > 0 && item.Open.IsPositive;
        return new Item(
            item.Installment == 1
                ? item.Number
                : FormattableString.Invariant($"{item.Number} ({labels.Installment} {item.Installment})"),
            language.ShortDate(item.DocumentDate), language.ShortDate(item.DueDate),
            item.Open.IsNegative ? labels.Credit
                : late ? FormattableString.Invariant($"{item.DaysOverdue} {labels.DaysShort}") : "",
            late, language.Number(item.Amount), language.Number(item.Open));
    }
}
