using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A notice in a list.</summary>
/// <param name="Fee">What it costs the customer; null for nothing.</param>
/// <param name="FeeDocumentId">The debit memo it is charged with, once Invoicing has answered.</param>
/// <param name="FeeDocument">Number of that debit memo.</param>
/// <param name="FeeRefusal">Code of why Invoicing has not charged it, or null.</param>
public sealed record NoticeRow(
    Guid Id, Guid RunId, string LegalEntity, Guid CustomerId, DateOnly Date, string Step, string Channel, string Status,
    string? Reason, string To, string Subject, Money Amount, int Items, DateTimeOffset PreparedAt,
    DateTimeOffset? SettledAt, Money? Fee, Guid? FeeDocumentId, string? FeeDocument, string? FeeRefusal);

/// <summary>A notice with the mail or letter as it was written.</summary>
/// <param name="Mail">The mail, without the link that is its recipient's only; null for a letter.</param>
/// <param name="Letter">The letter, or what the mail carries as a file; null where there is none.</param>
/// <param name="Level">Which of the steps after the due date it is, from 1; 0 before it; null where not told.</param>
/// <param name="Work">What is to be done where nothing is written; else null.</param>
/// <param name="Playbook">Code of the playbook the step is of; null where it is that of the run.</param>
/// <param name="PlaybookVersion">Which version of it; null where it is that of the run.</param>
/// <param name="Fee">What it costs the customer; null for nothing.</param>
/// <param name="PutOffUntil">It is quiet where the reader is, or the mail server does not take it for the moment; when
/// it is looked at again. Null where it does not wait.</param>
/// <param name="Deductions">What the customer has to its credit, taken off the totals; null for nothing.</param>
/// <param name="FeeDocumentId">The debit memo the fee is charged with, once Invoicing has answered.</param>
/// <param name="FeeDocument">Number of that debit memo.</param>
/// <param name="FeeRefusal">Code of why Invoicing has not charged it, or null.</param>
/// <param name="Copies">What others than its reader get, without the links that are theirs only; null for nothing.
/// </param>
/// <param name="Copied">What became of these; null before the notice went out.</param>
/// <param name="Message">The message, word for word; null for anything else.</param>
public sealed record NoticeView(
    Guid Id, Guid RunId, string LegalEntity, Guid CustomerId, DateOnly Date, string Step, NoticeChannel Channel,
    NoticeStatus Status, string? Reason, IReadOnlyList<NoticeItem> Items, Money Amount, IReadOnlyList<Money> Totals,
    NoticeMail? Mail, NoticeLetter? Letter, int? Level, string? Work, string? Playbook,
    long? PlaybookVersion, Money? Fee, long Version,
    DateTimeOffset? PutOffUntil = null, IReadOnlyList<Deduction>? Deductions = null,
    Guid? FeeDocumentId = null, string? FeeDocument = null, string? FeeRefusal = null,
    IReadOnlyList<NoticeMail>? Copies = null, IReadOnlyList<CopyOutcome>? Copied = null,
    NoticeMessage? Message = null)
{
    internal static NoticeView Of(Guid id, Notice notice, long version)
    {
        var (content, mail, letter, work, copies, message) = notice.Prepared!.WithoutOptOuts();
        return new NoticeView(
            id, content.RunId, content.LegalEntity, content.CustomerId, content.Date, content.Step, content.Channel,
            notice.Status, notice.Reason, content.Items, content.Totals[0], content.Totals,
            mail, letter, content.Level, work, content.Playbook, content.PlaybookVersion, notice.Fee,
            version, notice.PutOffUntil, content.Deductions, Copies: copies, Copied: notice.Copied,
            Message: message);
    }
}

/// <summary>Shows notices.</summary>
public static class GetNotices
{
    private static readonly SortOrder<NoticeRow> Order = new SortOrder<NoticeRow>("n.id", row => row.Id,
        standard: "-date")
        .By("date", "n.date", row => row.Date)
        .By("preparedAt", "n.prepared_at", row => row.PreparedAt)
        .By("amount", "n.amount", row => row.Amount.Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/notices", List)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<Page<NoticeRow>>()
            .WithSummary("Dunning notices");
        ResourceEndpoint.Map(
            routes, "/v1/collections/notices", NoticeStream.Type, Scopes.CollectionsRead,
            notice => notice.Prepared?.Content.LegalEntity, ViewAsync, "A dunning notice, the mail included",
            shown: e => e is NoticePrepared prepared ? prepared.WithoutOptOuts() : e);
    }

    /// <summary>With what became of its fee, which is known apart from it.</summary>
    private static async Task<NoticeView> ViewAsync(HttpContext http, Guid id, Notice notice, long version)
    {
        var database = http.RequestServices.GetRequiredService<NpgsqlDataSource>();
        await using var command = database.CreateCommand(
            "select f.document_id, f.document_number, f.refusal from reminder_fees f where f.notice_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        var (document, number, refusal) = (await command.ReadAsync(
            row => (row.Optional<Guid>(0), row.Text(1), row.Text(2)), http.RequestAborted)).SingleOrDefault();
        return NoticeView.Of(id, notice, version) with
        {
            FeeDocumentId = document,
            FeeDocument = number,
            FeeRefusal = refusal,
        };
    }

    private static Task<IResult> List(
        Guid? customerId, string? legalEntity, string? status, ListQuery query, NpgsqlDataSource database,
        HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            "select n.id, n.run_id, n.legal_entity, n.customer_id, n.date, n.step, n.channel, n.status, n.reason, " +
            "n.recipient, " +
            "n.subject, n.amount, n.currency, n.items, n.prepared_at, n.settled_at, " +
            "n.fee, n.fee_currency, f.document_id, f.document_number, f.refusal " +
            "from notices n left join reminder_fees f on f.notice_id = n.id " +
            "where (@entities::text[] is null or n.legal_entity = any(@entities)) " +
            "and (@customer is null or n.customer_id = @customer) " +
            "and (@status is null or n.status = @status)",
            command =>
            {
                command.AddOptional("customer", customerId);
                command.AddOptional("status", EnumFilter.Text<NoticeStatus>("status", status));
            },
            Row);

    private static NoticeRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetGuid(3), row.GetFieldValue<DateOnly>(4),
        row.GetString(5),
        row.GetString(6), row.GetString(7), row.Text(8), row.GetString(9), row.GetString(10), row.Money(11, 12),
        row.GetInt32(13), row.GetFieldValue<DateTimeOffset>(14), row.Optional<DateTimeOffset>(15),
        row.IsDBNull(16) ? null : row.Money(16, 17), row.Optional<Guid>(18), row.Text(19), row.Text(20));
}
