using System.Text;
using Microsoft.Extensions.Options;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Archive;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.Statements.Rendering;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>What statements of one legal entity have in common.</summary>
public sealed record StatementPaper(LetterheadDefined Letterhead, string Country, bool Pdf, Guid? RunId);

/// <summary>
/// Makes statements to be kept: the event, and beside it, in the same write, content, page and mail as they will be
/// sent. Nothing of them is made again later.
/// </summary>
public sealed class StatementMaker(StatementWriter writer, IOptions<SmtpOptions> smtp)
{
    /// <summary>Puts a statement into the batch.</summary>
    public StatementPrepared Add(
        WriteBatch batch, Guid id, StatementContent content, CustomerSnapshot customer, StatementPaper paper,
        ClosedAddresses closed)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(customer);
        ArgumentNullException.ThrowIfNull(paper);
        var preference = customer.Statements ?? StatementPreference.Standard;
        var recipient = StatementRecipients.Choose(content.CustomerId, customer, preference, closed);
        var channel = recipient?.PreferredChannel == ContactChannel.Post ? StatementChannel.Post : preference.Channel;
        var contact = channel == StatementChannel.Email ? recipient : null;
        content = content with { Language = recipient?.Language ?? content.Language };
        var json = StatementWriter.Json(content);
        var page = writer.Page(content, paper.Letterhead, paper.Country, customer.BillTo);
        var prepared = new StatementPrepared(
            paper.RunId, content.LegalEntity, content.CustomerId, content.From, content.To, content.KnownAt,
            content.Language, channel, contact is not null, paper.Pdf,
            [.. content.Accounts.Select(account => account.Due)], StatementWriter.Sha256(json),
            preference.AttachInvoices);
        batch.Append(StatementStream.Type, id, 0, [prepared]);
        var documents = new List<KeptDocument>
        {
            new(id, StatementDocument.Content, json),
            new(id, StatementDocument.Page, Encoding.UTF8.GetBytes(page)),
        };
        if (contact is not null)
        {
            var mail = writer.Mail(
                id, content, paper.Letterhead, contact, smtp.Value.Domain, paper.Pdf ? null : page);
            documents.Add(KeptMail.Keep(id, mail, contact));
        }

        batch.Row(StatementDocuments.Keep(documents));
        return prepared;
    }
}
