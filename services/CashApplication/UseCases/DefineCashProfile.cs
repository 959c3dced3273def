using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>What holds for a customer's money beside the entity's policy.</summary>
/// <param name="DeductionReasons">What its words and codes for deductions mean, before the policy's.</param>
/// <param name="TextRules">What payers write when it pays: at most 50, of whole words.</param>
public sealed record DefineCashProfileRequest(
    string? RuleSet = null, string? Hold = null, IReadOnlyList<string>? Aliases = null,
    IReadOnlyList<string>? Accounts = null, IReadOnlyList<Guid>? MayPayFor = null,
    IReadOnlyList<DeductionReason>? DeductionReasons = null, IReadOnlyList<TextRule>? TextRules = null);

/// <summary>A customer's profile as it is.</summary>
public sealed record CashProfileView(
    Guid CustomerId, string LegalEntity, string? RuleSet, string? Hold, IReadOnlyList<string> Aliases,
    IReadOnlyList<string> Accounts, IReadOnlyList<Guid> MayPayFor, long Version,
    IReadOnlyList<DeductionReason> DeductionReasons, IReadOnlyList<TextRule> TextRules);

/// <summary><c>PUT /v1/cash-profiles/{customerId}</c> and its read.</summary>
public static class DefineCashProfile
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/cash-profiles/{customerId:guid}", Define)
            .RequireScope(Scopes.CashWrite).Produces<CashProfileView>().WithTags("Cash policies")
            .WithSummary("Defines what holds for a customer's money");
        routes.MapGet("/v1/cash-profiles/{customerId:guid}", Get)
            .RequireScope(Scopes.CashRead).Produces<CashProfileView>().WithTags("Cash policies")
            .WithSummary("What holds for a customer's money");
        HistoryEndpoint.Map(routes, "/v1/cash-profiles/{customerId:guid}/history", CashProfile.Type, Scopes.CashRead,
            profile => profile.Definition?.LegalEntity,
            values => Guid.TryParse(values["customerId"]?.ToString(), out var id) ? CashProfile.IdOf(id) : null)
            .WithTags("Cash policies");
    }

    private static async Task<IResult> Define(
        Guid customerId, DefineCashProfileRequest request, HttpCommand command)
    {
        if (await command.Store.Database.CustomerAsync(customerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(Refusal.NotFound("customer", customerId));
        if (command.Caller.Deny(customer.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (request.MayPayFor is { Count: > CashPolicyDecider.MaxListed })
            return await command.RefuseAsync(ReceiptRefusals.TooMany(CashPolicyDecider.MaxListed, "/mayPayFor"));
        foreach (var other in request.MayPayFor ?? [])
        {
            if (await command.Store.Database.CustomerAsync(other, command.Cancellation) is not { } known
                || known.LegalEntity != customer.LegalEntity)
            {
                return await command.RefuseAsync(ReceiptRefusals.UnknownCustomer(other));
            }
        }

        var policies = await command.Store.LoadAsync(
            CashPolicies.Type, CashPolicies.IdOf(customer.LegalEntity), command.Cancellation);
        var wish = new CashProfileDefined(
            customerId, customer.LegalEntity, request.RuleSet, request.Hold, request.Aliases ?? [],
            [.. (request.Accounts ?? []).Select(Iban.Normalize)], request.MayPayFor ?? [],
            request.DeductionReasons is { Count: > 0 } reasons ? reasons : null,
            request.TextRules is { Count: > 0 } rules ? rules : null);
        return await command.DecideAsync(
            CashProfile.Type, CashProfile.IdOf(customerId),
            profile => CashPolicyDecider.Define(profile, wish, policies.State),
            decided => Reply.Ok(ViewOf(decided.State.Definition!, decided.Version), decided.Version),
            request.Hold);
    }

    private static async Task<IResult> Get(Guid customerId, EventStore store, HttpContext http)
    {
        if (await store.Database.CustomerAsync(customerId, http.RequestAborted) is not { } customer)
            return Problems.From(Refusal.NotFound("customer", customerId));
        if (Caller.Of(http).Deny(customer.LegalEntity) is { } denied)
            return Problems.From(denied);
        var (profile, version) =
            await store.LoadAsync(CashProfile.Type, CashProfile.IdOf(customerId), http.RequestAborted);
        return Reply.Ok(ViewOf(
            profile.Definition ?? new CashProfileDefined(customerId, customer.LegalEntity, null, null, [], [], []),
            version), version);
    }

    private static CashProfileView ViewOf(CashProfileDefined profile, long version) => new(
        profile.CustomerId, profile.LegalEntity, profile.RuleSet, profile.Hold, profile.Aliases, profile.Accounts,
        profile.MayPayFor, version, profile.DeductionReasons ?? [], profile.TextRules ?? []);
}
