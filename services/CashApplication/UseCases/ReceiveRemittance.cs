using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A difference that the payer explains.</summary>
public sealed record RemittanceAdjustmentRequest(Money Amount, string? ReasonCode = null, string? Reference = null);

/// <summary>One document that is paid.</summary>
public sealed record RemittanceLineRequest(
    string DocumentNumber, Money? Paid = null, Money? Gross = null, Money? Discount = null,
    IReadOnlyList<RemittanceAdjustmentRequest>? Adjustments = null, string? Note = null);

/// <summary>What a payer says one payment is for.</summary>
public sealed record RemittanceRequest(
    string LegalEntity, Money Amount, IReadOnlyList<RemittanceLineRequest> Lines, string? PaymentReference = null,
    string? Method = null, DateOnly? PaymentDate = null, RemittanceParty? Payer = null, Guid? CustomerId = null);

/// <summary>An advice, and what follows it.</summary>
/// <param name="ReceiptId">The receipt that follows it, or null while it waits.</param>
public sealed record RemittanceView(
    Guid Id, string LegalEntity, RemittanceStatus Status, string Format, string? PaymentReference, string? Method,
    Money Amount, DateOnly? PaymentDate, RemittanceParty Payer, Guid? CustomerId, IReadOnlyList<RemittanceLine> Lines,
    Guid? ReceiptId, long Version)
{
    internal static RemittanceView Of(Guid id, Remittance remittance, long version)
    {
        var received = remittance.Received!;
        return new RemittanceView(
            id, received.LegalEntity, remittance.Status, received.Format, received.PaymentReference, received.Method,
            received.Amount, received.PaymentDate, received.Payer, received.CustomerId, received.Lines,
            remittance.ReceiptId, version);
    }
}

/// <summary>
/// <c>POST /v1/remittances</c> with JSON: takes an advice before its money or after it. Where the money waits already,
/// it is applied at once. With a file of advices: <see cref="RemittanceFiles"/>.
/// </summary>
public static class ReceiveRemittance
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/remittances", Handle)
        .Accepts<RemittanceRequest>(
            "application/json", "application/edi-x12", "text/csv", "text/plain", "application/octet-stream")
        .WithBodyLimit(RemittanceFiles.MaxBytes)
        .RequireScope(Scopes.CashWrite)
        .Produces<RemittanceView>(StatusCodes.Status201Created)
        .WithTags("Remittances")
        .WithSummary("Takes a remittance advice, or a file of them (EDI 820, CSV)");

    private static async Task<IResult> Handle(
        string? legalEntity, string? mapping, HttpContext http, HttpCommand command, RemittanceIntake intake,
        WakeUp<WaitingMatchService> wakeUp)
    {
        if (!http.Request.HasJsonContentType())
            return await RemittanceFiles.ReceiveAsync(http, legalEntity, mapping, command, wakeUp);
        try
        {
            return await http.Request.ReadFromJsonAsync<RemittanceRequest>(command.Cancellation) is { } request
                ? await OneAsync(request, command, intake)
                : Problems.Malformed(new JsonException("The body is empty."));
        }
        catch (JsonException error)
        {
            return Problems.Malformed(error);
        }
    }

    private static async Task<IResult> OneAsync(
        RemittanceRequest request, HttpCommand command, RemittanceIntake intake)
    {
        if (Check(request) is { } problem)
            return problem;
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (await command.Store.Database.LegalEntityAsync(request.LegalEntity, command.Cancellation) is null)
            return await command.RefuseAsync(ReceiptRefusals.UnknownLegalEntity(request.LegalEntity));
        if (request.CustomerId is { } customerId)
        {
            if (await command.Store.Database.CustomerAsync(customerId, command.Cancellation) is not { } customer)
                return await command.RefuseAsync(ReceiptRefusals.UnknownCustomer(customerId));
            if (customer.LegalEntity != request.LegalEntity)
            {
                return await command.RefuseAsync(
                    ReceiptRefusals.OtherEntitysCustomer(customer.Number, request.LegalEntity));
            }
        }

        var id = Ids.Next(command.Clock);
        var received = Received(request);
        return await command.CommitAsync(
            async cancellation =>
            {
                if (await command.Store.Database.NewOnesAsync([received], cancellation) is not [{ } fresh])
                    return RemittanceRefusals.AlreadyReceived(RemittanceFiles.NameOf(received));
                var batch = new WriteBatch(command.Metadata());
                var (after, refusal) = await intake.AddAsync(batch, id, fresh, cancellation);
                return refusal is not null ? refusal : Plan.Write(batch, Reply.Created(
                    $"/v1/remittances/{id}", RemittanceView.Of(id, after.State, after.Version), after.Version));
            },
            _ => RemittanceRefusals.AlreadyReceived(RemittanceFiles.NameOf(received)));
    }

    private static RemittanceReceived Received(RemittanceRequest request)
    {
        var payer = request.Payer ?? RemittanceParty.Unknown;
        var received = new RemittanceReceived(
            request.LegalEntity, "json", request.PaymentReference, request.Method, request.Amount,
            request.PaymentDate,
            payer with
            {
                Account = payer.Account is { } account ? Iban.Normalize(account) : null,
                Bank = payer is { Account: not null, Bank: { } bank } ? Iban.Normalize(bank) : null,
            },
            request.CustomerId,
            [
                .. request.Lines.Select(line => new RemittanceLine(
                    line.DocumentNumber, null, line.Paid, line.Gross, line.Discount,
                    [
                        .. (line.Adjustments ?? []).Select(adjustment => new RemittanceAdjustment(
                            adjustment.Amount, adjustment.ReasonCode, adjustment.Reference)),
                    ],
                    line.Note)),
            ],
            [], "");
        return received with { ContentHash = RemittanceIntake.HashOf(received) };
    }

    private static Problem? Check(RemittanceRequest request)
    {
        var validation = new Validation()
            .Required("/legalEntity", request.LegalEntity, max: 20)
            .Optional("/paymentReference", request.PaymentReference, max: 100)
            .Optional("/method", request.Method, max: 20)
            .Optional("/payer/name", request.Payer?.Name)
            .Optional("/payer/identification", request.Payer?.Identification, max: 100)
            .Optional("/payer/account", request.Payer?.Account, max: 60)
            .Optional("/payer/bank", request.Payer?.Bank, max: 40);
        foreach (var line in request.Lines.Take(20_000))
        {
            validation.Optional("/lines", line.Note, max: 500);
            foreach (var adjustment in line.Adjustments ?? [])
            {
                validation.Optional("/lines", adjustment.ReasonCode, max: 100)
                    .Optional("/lines", adjustment.Reference, max: 100);
            }
        }

        return validation.Problem;
    }
}

/// <summary>Takes advices in, whatever they came as, and finds the money that waits for them.</summary>
public sealed class RemittanceIntake(EventStore store, ReceiptMatching matching, ReceiptMatcher matcher)
{
    private const string Waiting =
        "select id from receipts where legal_entity = @legalEntity and currency = @currency " +
        $"and unapplied > on_account and status <> 'reversed' and {ReceiptRow.IsNotHeld} " +
        "and (@amount in (unapplied - on_account, unapplied - on_account + charges) " +
        "or check_number = @reference or (@reference is not null and position(@reference in reference) > 0)) " +
        "order by value_date, id limit 20";

    /// <summary>Adds to a write the advice and, where its money waits already, what that is applied to.</summary>
    public async Task<(Loaded<Remittance> After, Refusal? Refusal)> AddAsync(
        WriteBatch batch, Guid id, RemittanceReceived received, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(received);
        var decision = RemittanceDecider.Receive(Remittance.Initial, received);
        if (decision.Refusal is { } refusal)
            return (default, refusal);
        object[] events = [received];
        if (await MoneyForAsync(batch, id, received, cancellation) is { } receiptId)
            events = [received, new RemittanceMatched(receiptId)];
        batch.Append(Remittance.Type, id, 0, events);
        return (new Loaded<Remittance>(events.Aggregate(Remittance.Initial, Remittance.Evolve), events.Length), null);
    }

    /// <summary>
    /// Tells the same advice sent twice, by everything it says but the payer's bank: releases before this one did not
    /// read it, and what they took in is the same advice still.
    /// </summary>
    public static string HashOf(RemittanceReceived received)
    {
        ArgumentNullException.ThrowIfNull(received);
        var said = received with { ContentHash = "", Format = "", Payer = received.Payer with { Bank = null } };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(said, Json.Stored)));
    }

    private async Task<Guid?> MoneyForAsync(
        WriteBatch batch, Guid id, RemittanceReceived received, CancellationToken cancellation)
    {
        var arriving = new WaitingRemittance(id, received.CustomerId, received.Advice);
        foreach (var receiptId in await WaitingAsync(received, cancellation))
        {
            var (receipt, version) = await store.LoadAsync(ReceiptStream.Type, receiptId, cancellation);
            if (ReceiptMatching.PaymentOf(receiptId, receipt) is not { } payment)
                continue;
            var match = await matching.MatchAsync(received.LegalEntity, payment, cancellation, arriving);
            if (match.Chosen?.RemittanceId != id)
                continue;
            await matcher.AddAsync(batch, receiptId, receipt, version, cancellation, match);
            return receiptId;
        }

        return null;
    }

    private async Task<IReadOnlyList<Guid>> WaitingAsync(
        RemittanceReceived received, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Guid>(new CommandDefinition(
            Waiting,
            new
            {
                legalEntity = received.LegalEntity,
                currency = received.Amount.Currency.Code,
                amount = received.Amount.Amount,
                reference = received.PaymentReference,
            },
            cancellationToken: cancellation))).AsList();
    }
}
