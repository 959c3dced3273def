using System.Security.Cryptography;
using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What a period reported when it was closed, kept byte for byte, whatever was posted since.</summary>
public static class ReadMonthEndPacks
{
    /// <summary>One kept document.</summary>
    /// <param name="Name">E.g. <c>aging.json</c>.</param>
    /// <param name="Bytes">How long it is.</param>
    /// <param name="Sha256">Of its bytes, in hexadecimal.</param>
    /// <param name="Location">Where it is served.</param>
    public sealed record Document(string Name, string MediaType, int Bytes, string Sha256, string Location);

    /// <summary>What was reported at one close.</summary>
    /// <param name="CloseId">The event that closed the period.</param>
    /// <param name="Documents">None for the moments in which they are made.</param>
    public sealed record Pack(
        Guid CloseId, DateTimeOffset ClosedAt, string ClosedBy, string? Reason, IReadOnlyList<Document> Documents);

    /// <summary>The packs of a period.</summary>
    /// <param name="Packs">One per close, the first one first; none of a period that was never closed.</param>
    public sealed record Response(string LegalEntity, string Period, IReadOnlyList<Pack> Packs);

    private const string Kept =
        "select close_id, name, octet_length(content) as bytes, sha256 from month_end_documents " +
        "where close_id = any(@closes) order by name";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/periods/{entity}/{period}/pack", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Response>()
            .WithSummary("What a period reported each time it was closed: aging, roll-forward, tie-out");
        routes.MapGet("/periods/{entity}/{period}/pack/{closeId:guid}/{name}", GetAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<string>(contentType: Tables.Xlsx)
            .WithSummary("One document of a month-end pack (JSON, XLSX), always the same bytes");
    }

    private static async Task<IResult> ListAsync(
        string entity, string period, Caller caller, EventStore store, CancellationToken cancellation)
    {
        if (!Period.TryParse(period, out var month))
            return ReadPeriods.Malformed();
        if ((await ReadPeriods.FindAsync(entity, caller, store, cancellation)).Refusal is { } refusal)
            return Problems.From(refusal);
        var closes = await ClosesAsync(entity, month, store, cancellation);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var kept = (await connection.QueryAsync<(Guid CloseId, string Name, int Bytes, string Sha256)>(
            new CommandDefinition(
            Kept, new { closes = closes.Select(close => close.Id).ToArray() }, cancellationToken: cancellation)))
            .ToLookup(one => one.CloseId);
        return Results.Json(
            new Response(entity, $"{month}",
            [
                .. closes.Select(close => new Pack(
                    close.Id, close.At, close.Metadata.By, close.Metadata.Reason,
                    [
                        .. kept[close.Id].Select(one => new Document(
                            one.Name, MonthEndPack.MediaType(one.Name), one.Bytes, one.Sha256,
                            $"/v1/periods/{entity}/{month}/pack/{close.Id}/{one.Name}")),
                    ])),
            ]),
            Json.Wire);
    }

    private static async Task<IResult> GetAsync(
        string entity, string period, Guid closeId, string name, HttpContext http, Caller caller, EventStore store,
        MonthEndPacks packs, CancellationToken cancellation)
    {
        if (!Period.TryParse(period, out var month))
            return ReadPeriods.Malformed();
        if ((await ReadPeriods.FindAsync(entity, caller, store, cancellation)).Refusal is { } refusal)
            return Problems.From(refusal);
        var closes = await ClosesAsync(entity, month, store, cancellation);
        if (!closes.Exists(close => close.Id == closeId)
            || await packs.FindAsync(closeId, name, cancellation) is not { } bytes)
            return Problems.From(Refusal.NotFound("month-end document", $"{closeId}/{name}"));

        // RFC 9530.
        http.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:";
        return Results.Bytes(bytes, MonthEndPack.MediaType(name), $"{entity}-{month}-{name}");
    }

    private static async Task<List<StoredEvent>> ClosesAsync(
        string entity, Period month, EventStore store, CancellationToken cancellation) =>
        (await store.HistoryAsync(AccountingCalendarStream.Id(entity), cancellation))
            .Where(e => e.Data is PeriodClosed closed && closed.Period == $"{month}").ToList();
}
