using System.Security.Cryptography;
using System.Text.Json;
using OrderToCash.Documents;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Invoicing.Letterheads.Rendering;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.Statements.Rendering;

/// <summary>Writes statements: as a page, as a table, as the mail that carries them.</summary>
public sealed class StatementWriter
{
    private static readonly string[] Columns =
        ["section", "currency", "date", "kind", "number", "dueDate", "amount", "balance"];

    private readonly HtmlTemplate<StatementPage> _page =
        new(typeof(StatementWriter).Assembly, "statement.html.hbs", Paper.Parts);

    /// <summary>As a whole HTML document, for the screen and for paper.</summary>
    public string Page(StatementContent content, LetterheadDefined letterhead, string country, BillTo? billTo) =>
        _page.Fill(StatementPage.Of(content, letterhead, country, billTo));

    /// <summary>As it is kept: the same content is the same bytes.</summary>
    public static byte[] Json(StatementContent content) =>
        JsonSerializer.SerializeToUtf8Bytes(content, Kernel.Json.Wire);

    /// <summary>SHA-256 in hexadecimal digits.</summary>
    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>
    /// As one table: what was owed before, each change, what is owed, each open item. Of a group customer by customer,
    /// and last what all of them come to, without a customer.
    /// </summary>
    public static Table Table(StatementContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.Members is not { } members
            ? new Table(Columns, content.Accounts.SelectMany(account => Rows(content, account)))
            : new Table(
                [.. Columns.Prepend("customer")],
                members.Select(member => (Who: (string?)member.CustomerNumber, member.Accounts))
                    .Append((null, content.Accounts))
                    .SelectMany(part => part.Accounts.SelectMany(account => Rows(content, account))
                        .Select(IReadOnlyList<object?> (row) => [part.Who, .. row])));
    }

    /// <summary>
    /// The mail that carries a statement: a letter with the statement as a file, or the statement itself.
    /// </summary>
    public OutgoingMail Mail(
        Guid statementId, StatementContent content, LetterheadDefined letterhead, Contact contact, string domain,
        string? page)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(letterhead);
        ArgumentNullException.ThrowIfNull(contact);
        var language = DocumentLanguage.Of(content.Language);
        var labels = StatementLabels.Of(language);
        var letter = CoverLetter.To(
            contact, language, letterhead, content.CustomerNumber,
            $"{(content.OutstandingOnly ? labels.OpenItemsTitle : labels.Title)} {content.CustomerNumber}, " +
                language.Date(content.To),
            CoverLetter.Fill(labels.Letter, language.Date(content.From), language.Date(content.To)),
            [.. content.Accounts.Select(account =>
                CoverLetter.Fill(labels.LetterDue, language.Amount(account.Due)))]);
        return letter.Mail($"<{statementId:N}@{domain}>", contact, page);
    }

    private static IEnumerable<IReadOnlyList<object?>> Rows(StatementContent content, StatementAccount account)
    {
        yield return ["opening", account.Currency, content.From, null, null, null, null, account.Opening.Amount];
        foreach (var entry in account.Entries)
        {
            yield return
            [
                "entry", account.Currency, entry.Date, entry.Kind, entry.Number, null, entry.Amount.Amount,
                entry.Balance.Amount,
            ];
        }

        yield return ["closing", account.Currency, content.To, null, null, null, null, account.Closing.Amount];
        yield return
        [
            "unapplied-cash", account.Currency, content.To, null, null, null, -account.UnappliedCash.Amount,
            account.Due.Amount,
        ];
        foreach (var bucket in account.Aging)
            yield return ["aging", account.Currency, content.To, bucket.Bucket, null, null, bucket.Amount.Amount, null];
        foreach (var item in account.Items)
        {
            yield return
            [
                "open-item", account.Currency, item.DocumentDate, null, $"{item.Number}/{item.Installment}",
                item.DueDate, item.Amount.Amount, item.Open.Amount,
            ];
        }
    }
}
