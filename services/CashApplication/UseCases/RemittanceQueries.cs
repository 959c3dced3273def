using Dapper;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>An advice in a list.</summary>
public sealed record RemittanceListItem(
    Guid Id, string LegalEntity, string Status, string Format, string? PaymentReference, Money Amount,
    DateOnly? PaymentDate, string? PayerName, Guid? CustomerId, int Lines, Guid? ReceiptId,
    DateTimeOffset ReceivedAt, long Version);

/// <summary>Why no money will follow an advice.</summary>
public sealed record CloseRemittanceRequest(string Reason);

/// <summary>Reads of remittance advices, and closing one whose money will not come.</summary>
public static class RemittanceQueries
{
    private static readonly HashSet<string> Statuses = ["waiting", "matched", "closed"];

    private static readonly SortOrder<Row> Order = new SortOrder<Row>("id", row => row.Id, standard: "-receivedAt")
        .By("receivedAt", "received_at", row => row.ReceivedAt)
        .By("amount", "amount", row => row.Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        ResourceEndpoint.Map(
            routes.MapGroup("").WithTags("Remittances"), "/v1/remittances", Remittance.Type, Scopes.CashRead,
            remittance => remittance.Received?.LegalEntity, RemittanceView.Of, "A remittance advice");
        routes.MapGet("/v1/remittances", List)
            .RequireScope(Scopes.CashRead).Produces<Page<RemittanceListItem>>().WithTags("Remittances")
            .WithSummary("Remittance advices");
        routes.MapGet("/v1/remittances/{id:guid}/file", File)
            .RequireScope(Scopes.CashRead).Produces<string>(contentType: "application/octet-stream")
            .WithTags("Remittances").WithSummary("The file that an advice came in, as it came");
        routes.MapPost("/v1/remittances/{id:guid}/close", Close)
            .RequireScope(Scopes.CashWrite).Produces<RemittanceView>().WithTags("Remittances")
            .WithSummary("Says that no money will follow an advice");
    }

    /// <summary>All advices of a file are of one legal entity: who may see one may see the file.</summary>
    private static async Task<IResult> File(Guid id, EventStore store, HttpContext http)
    {
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var file = await connection.QuerySingleOrDefaultAsync<(string LegalEntity, byte[] Content)?>(
            new CommandDefinition(
                "select f.legal_entity, f.content from remittance_file_advices a " +
                "join remittance_files f on f.id = a.file_id where a.remittance_id = @id",
                new { id }, cancellationToken: http.RequestAborted));
        if (file is not { } found)
            return Problems.From(Refusal.NotFound("file of a remittance advice", id));
        return Caller.Of(http).Deny(found.LegalEntity) is { } denied
            ? Problems.From(denied)
            : Results.Bytes(found.Content, "application/octet-stream", $"{id}.txt");
    }

    /// <summary>
    /// One that was matched can be closed where its receipt has let go of it, as releases before did not write down.
    /// </summary>
    private static Task<IResult> Close(Guid id, CloseRemittanceRequest request, HttpCommand command) =>
        command.CommitAsync(async cancellation =>
        {
            var (remittance, version) = await command.Store.LoadAsync(Remittance.Type, id, cancellation);
            if (remittance.Received is { } received && command.Caller.Deny(received.LegalEntity) is { } denied)
                return denied;
            command.Expect(version);
            var isFollowed = remittance.ReceiptId is { } receiptId
                && (await command.Store.LoadAsync(ReceiptStream.Type, receiptId, cancellation))
                    .State.FollowedAdvices.Contains(id);
            var decided = RemittanceDecider.Close(remittance, id, request.Reason, isFollowed);
            if (decided.Refusal is { } refusal)
                return refusal;
            var after = decided.Events.Aggregate(remittance, Remittance.Evolve);
            var now = version + decided.Events.Count;
            return Plan.Write(
                new WriteBatch(command.Metadata(request.Reason)).Append(Remittance.Type, id, version, decided.Events),
                Reply.Ok(RemittanceView.Of(id, after, now), now));
        });

    private static async Task<IResult> List(
        string? status, string? legalEntity, Guid? customerId, ListQuery query, EventStore store, HttpContext http)
    {
        if (status is not null && !Statuses.Contains(status))
            return Problems.Malformed("bad-status", "/status", "status is one of closed, matched, waiting.");
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("status", status);
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("customerId", customerId);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select id, legal_entity, status, format, reference, amount, currency, payment_date, payer_name, " +
            "customer_id, lines, receipt_id, received_at, version from remittances " +
            "where (@status::text is null or status = @status) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@customerId::uuid is null or customer_id = @customerId) " +
            "and (@entities::text[] is null or legal_entity = any(@entities)) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => new RemittanceListItem(
            row.Id, row.LegalEntity, row.Status, row.Format, row.Reference, Money.Of(row.Amount, row.Currency),
            row.PaymentDate, row.PayerName, row.CustomerId, row.Lines, row.ReceiptId,
            new DateTimeOffset(row.ReceivedAt, TimeSpan.Zero), row.Version)));
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string LegalEntity { get; init; } = "";
        public string Status { get; init; } = "";
        public string Format { get; init; } = "";
        public string? Reference { get; init; }
        public decimal Amount { get; init; }
        public string Currency { get; init; } = "";
        public DateOnly? PaymentDate { get; init; }
        public string? PayerName { get; init; }
        public Guid? CustomerId { get; init; }
        public int Lines { get; init; }
        public Guid? ReceiptId { get; init; }
        public DateTime ReceivedAt { get; init; }
        public long Version { get; init; }
    }
}
