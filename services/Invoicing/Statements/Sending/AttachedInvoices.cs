using System.Text.Json;
using Dapper;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Delivery.Sending;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>
/// The invoices that a statement shows as open, as files to go with it: what is due first before the rest, as many as a
/// mail can carry. Each is the file that customer was given before, or will be given from now on.
/// </summary>
public sealed class AttachedInvoices(EventStore store, IssuedDocuments documents, DocumentFiles files)
{
    private const int MaxFiles = 20;

    /// <summary>Mail servers take 10 MB nearly everywhere, and files grow by a third on their way.</summary>
    private const int MaxBytes = 6 * 1024 * 1024;

    /// <summary>Those of a kept statement; none where its customer does not want them.</summary>
    public async Task<IReadOnlyList<MailAttachment>> OfAsync(
        StatementPrepared statement, IReadOnlyDictionary<string, byte[]> kept, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(kept);
        if (!statement.WithInvoices)
            return [];
        var content = JsonSerializer.Deserialize<StatementContent>(kept[StatementDocument.Content], Json.Wire)!;
        string[] numbers =
        [
            .. content.Accounts.Concat(content.Members?.SelectMany(member => member.Accounts) ?? [])
                .SelectMany(account => account.Items).Where(item => item.Open.IsPositive)
                .OrderBy(item => item.DueDate).ThenBy(item => item.Number, StringComparer.Ordinal)
                .Select(item => item.Number).Distinct().Take(MaxFiles),
        ];
        var ids = await IdsAsync(numbers, cancellation);
        var language = DocumentLanguage.Of(statement.Language);
        var (attached, size) = (new List<MailAttachment>(), 0);
        foreach (var number in numbers)
        {
            var document = (await documents.FindAsync(ids[number], cancellation))!;
            var file = await files.PdfAsync(document, language, cancellation);
            size += file.Length;
            if (size > MaxBytes)
                break;
            attached.Add(new MailAttachment($"{number}.pdf", "application/pdf", file));
        }

        return attached;
    }

    private async Task<Dictionary<string, Guid>> IdsAsync(string[] numbers, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(string Number, Guid Id)>(new CommandDefinition(
            "select number, invoice_id from invoices where number = any(@numbers)", new { numbers },
            cancellationToken: cancellation)))
            .ToDictionary(invoice => invoice.Number, invoice => invoice.Id, StringComparer.Ordinal);
    }
}
