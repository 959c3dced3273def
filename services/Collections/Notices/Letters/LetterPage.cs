using System.Globalization;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices.Letters;

/// <summary>Who writes a letter.</summary>
/// <param name="Name">Registered name of the legal entity.</param>
/// <param name="Country">ISO 3166 alpha-2: North America writes on Letter, the rest of the world on A4.</param>
/// <param name="Letterhead">What stands on its paper; null where nothing was defined.</param>
public sealed record LetterSender(string Name, string Country, LetterheadDefined? Letterhead);

/// <summary>A dunning letter as it stands on paper: every word and figure as it is written there.</summary>
public sealed record LetterPage(
    string Language, string PaperSize, string Color, LetterLabels Labels, string From, IReadOnlyList<string> FromLines,
    IReadOnlyList<string> To, string CustomerNumber, string Date, string Reference, string? Level, string Subject,
    string Greeting, IReadOnlyList<string> Opening, IReadOnlyList<string> Closing, string AsOf,
    IReadOnlyList<LetterPage.Section> Sections, string? Fee, string? PaymentNote, string? BankAccount, string? PayLink,
    string? AlsoOpenTitle, IReadOnlyList<LetterPage.Item> AlsoOpen)
{
    private const string StandardColor = "#1f3a5f";
    private const string DebitMemo = "debit-memo";

    /// <summary>True when the entity says how to pay.</summary>
    public bool HowToPay => (PaymentNote ?? BankAccount ?? PayLink) is not null;

    /// <summary>One currency; invoices and charges apart where there are charges.</summary>
    /// <param name="Asked">What is left of the total; null where nothing is taken off.</param>
    public sealed record Section(
        IReadOnlyList<Item> Items, string? Invoices, string? Charges, string Total, IReadOnlyList<Off> Deductions,
        string? Asked);

    /// <summary>What is taken off a total.</summary>
    public sealed record Off(string Label, string Amount);

    /// <summary>One line.</summary>
    /// <param name="Order">The order it is grouped by; empty for none.</param>
    public sealed record Item(
        string Number, string Kind, string DueDate, string Status, string Amount, string Balance, string Order = "");

    /// <summary>The page of a notice.</summary>
    /// <param name="notice">What it asks for.</param>
    /// <param name="words">What it says, in the customer's language.</param>
    /// <param name="sender">Who writes.</param>
    /// <param name="reference">What the customer names when it answers.</param>
    /// <param name="date">The day of the letter in the sender's calendar.</param>
    public static LetterPage Of(
        PlannedNotice notice, NoticeWords words, LetterSender sender, string reference, DateOnly date)
    {
        ArgumentNullException.ThrowIfNull(notice);
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(sender);
        var (written, head) = (words.Language.Written, sender.Letterhead);
        var labels = LetterLabels.Of(written.Code);
        var customer = notice.Customer;
        var ways = PaymentWays.Of(head, customer.Number, sender.Country);
        return new LetterPage(
            written.Code, sender.Country is "US" or "CA" or "MX" ? "Letter" : "A4", head?.Color ?? StandardColor,
            labels, head?.Name ?? sender.Name, FromOf(sender, labels), customer.Post ?? [customer.Name],
            customer.Number,
            written.Date(date), reference,
            notice.Level == 0 ? null : notice.Level.ToString(CultureInfo.InvariantCulture), words.Subject,
            words.Greeting, words.Opening, words.Closing, Fill(labels.AsOf, written.Date(date)),
            [.. notice.Totals.Select(total => SectionOf(notice, total, words.Language, labels))],
            notice.Fee is { } fee ? words.Language.Fee(written.Amount(fee)) : null, ways.Note, ways.Account, ways.Link,
            notice.AlsoOpen.Count == 0 ? null : words.Language.AlsoOpen(written.Date(date)),
            [
                .. notice.AlsoOpen.Select(item => ItemOf(item, words.Language)),
                .. notice.AlsoOpenRest.Select(rest => new Item(
                    words.Language.More(rest.Count), "", "", "", "", written.Amount(rest.Balance))),
            ]);
    }

    private static string[] FromOf(LetterSender sender, LetterLabels labels)
    {
        if (sender.Letterhead is not { } head)
            return [];
        var address = head.Address;
        string?[] lines =
        [
            address.Street, address.Additional,
            PostalPlace.Line(sender.Country, address.PostalCode, address.City, address.Region),
            head.TaxId is { } taxId ? $"{labels.TaxId} {taxId}" : null, head.ContactName, head.Email, head.Phone,
        ];
        return [.. lines.OfType<string>().Where(line => line.Length > 0)];
    }

    private static Section SectionOf(
        PlannedNotice notice, Money total, MailLanguage language, LetterLabels labels)
    {
        var items = notice.Items.Where(item => item.Balance.Currency == total.Currency).ToList();
        var charges = Money.Sum(
            items.Where(item => item.Kind == DebitMemo).Select(item => item.Balance), total.Currency);
        var apart = charges.IsPositive;
        var off = notice.Deductions.Where(one => one.Amount.Currency == total.Currency).ToList();
        return new Section(
            [.. items.Select(item => ItemOf(item, language, labels))],
            apart ? language.Written.Amount(total - charges) : null,
            apart ? language.Written.Amount(charges) : null,
            language.Written.Amount(total),
            off.ConvertAll(one => new Off(language.Labels.Of(one.Kind), language.Written.Amount(-one.Amount))),
            off.Count == 0 ? null : language.Written.Amount(Deduction.From([total], off)[0]));
    }

    private static Item ItemOf(NoticeItem item, MailLanguage language, LetterLabels labels) => new(
        language.Named(item.InvoiceNumber, item.Installment),
        item.Kind == DebitMemo ? labels.Charge : labels.Invoice, language.Written.ShortDate(item.DueDate),
        language.Days(item.DaysOverdue), language.Written.Amount(item.Amount), language.Written.Amount(item.Balance),
        language.OrderOf(item.Group));

    private static Item ItemOf(AlsoOpenItem item, MailLanguage language) => new(
        language.Named(item.InvoiceNumber, item.Installment), "", language.Written.ShortDate(item.DueDate),
        item.IsDisputed ? language.Disputed : language.Days(item.DaysOverdue), "",
        language.Written.Amount(item.Balance));

    private static string Fill(string words, string value) => string.Format(CultureInfo.InvariantCulture, words, value);
}
