using Npgsql;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A dispute in a list.</summary>
/// <param name="Amount">As it was opened.</param>
/// <param name="Accepted">About how much the customer is right.</param>
/// <param name="Disputed">How much of the item is held back because of it.</param>
public sealed record DisputeRow(
    Guid Id, string LegalEntity, Guid CustomerId, Guid InvoiceId, int Installment, string? InvoiceNumber,
    Money Amount, Money Accepted, Money Disputed, string ReasonCode, string? RootCause, string Team, string? Owner,
    DateOnly DueOn, bool Overdue, string Status, string? CreditMemoNumber, string? Note, DateTimeOffset OpenedAt,
    string OpenedBy, DateTimeOffset? SettledAt);

/// <summary>A dispute.</summary>
/// <param name="Amount">As it was opened.</param>
/// <param name="Accepted">About how much the customer is right.</param>
/// <param name="Disputed">How much of the item is held back because of it.</param>
/// <param name="DeductionId">The allocation that fell short, where a payment did.</param>
public sealed record DisputeView(
    Guid Id, string LegalEntity, Guid CustomerId, Guid InvoiceId, int Installment, Money Amount, Money Accepted,
    Money Disputed, DisputeReason ReasonCode, string? RootCause, string Team, string? Owner, DateOnly DueOn,
    bool Overdue, DisputeStatus Status, string? Note, Guid? DeductionId, long Version)
{
    internal static DisputeView Of(Guid id, Dispute dispute, long version)
    {
        var (now, opened) = (dispute.Case!, dispute.Case!.Opened);
        return new DisputeView(
            id, opened.LegalEntity, opened.CustomerId, opened.InvoiceId, opened.Installment, opened.Amount,
            now.Accepted, now.Disputed, now.Reason, now.RootCause, now.Team, now.Owner, now.DueOn, dispute.IsOverdue,
            dispute.Status, opened.Note, opened.DeductionId, version);
    }
}

/// <summary>Shows disputes.</summary>
public static class GetDisputes
{
    private const string Select =
        "select d.id, d.legal_entity, d.customer_id, d.invoice_id, d.installment, i.invoice_number, d.currency, " +
        "d.amount, d.accepted, d.disputed, d.reason, d.root_cause, d.team, d.owner, d.due_on, d.overdue, d.status, " +
        "d.credit_memo_number, d.note, d.opened_at, d.opened_by, d.settled_at from disputes d " +
        "left join open_items i on i.invoice_id = d.invoice_id and i.installment = d.installment ";

    private static readonly SortOrder<DisputeRow> Order = new SortOrder<DisputeRow>(
            "d.id", row => row.Id, standard: "-openedAt")
        .By("openedAt", "d.opened_at", row => row.OpenedAt)
        .By("dueOn", "d.due_on", row => row.DueOn)
        .By("amount", "d.amount", row => row.Amount.Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/disputes", List)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<Page<DisputeRow>>()
            .WithSummary("Disputes");
        ResourceEndpoint.Map(
            routes, "/v1/collections/disputes", DisputeStream.Type, Scopes.CollectionsRead,
            dispute => dispute.Case?.Opened.LegalEntity, DisputeView.Of, "A dispute");
    }

    private static Task<IResult> List(
        Guid? customerId, Guid? invoiceId, string? legalEntity, string? status, string? team, string? owner,
        bool? overdue, ListQuery query, NpgsqlDataSource database, HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where (@entities::text[] is null or d.legal_entity = any(@entities)) " +
            "and (@customer is null or d.customer_id = @customer) and (@invoice is null or d.invoice_id = @invoice) " +
            "and (@status is null or d.status = @status) and (@team is null or d.team = @team) " +
            "and (@owner is null or d.owner = @owner) and (@overdue is null or d.overdue = @overdue)",
            command =>
            {
                command.AddOptional("customer", customerId);
                command.AddOptional("invoice", invoiceId);
                command.AddOptional("status", EnumFilter.Text<DisputeStatus>("status", status));
                command.AddOptional("team", team);
                command.AddOptional("owner", owner);
                command.AddOptional("overdue", overdue);
            },
            Row);

    private static DisputeRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetGuid(3), row.GetInt32(4), row.Text(5),
        row.Money(7, 6), row.Money(8, 6), row.Money(9, 6), row.GetString(10), row.Text(11), row.GetString(12),
        row.Text(13), row.GetFieldValue<DateOnly>(14), row.GetBoolean(15), row.GetString(16), row.Text(17),
        row.Text(18), row.GetFieldValue<DateTimeOffset>(19), row.GetString(20), row.Optional<DateTimeOffset>(21));
}
