using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.UseCases;

/// <summary>A credit account as callers see it.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Number">What people call the customer.</param>
/// <param name="Name">Registered name.</param>
/// <param name="Status"><c>active</c>, <c>suspended</c>, <c>terminated</c> or <c>merged</c>.</param>
/// <param name="Terms">Agreed payment terms; null until they are known here.</param>
/// <param name="Currency">Currency of the account and its limit.</param>
/// <param name="Limit">Most it may owe, orders included; null when none was ever set.</param>
/// <param name="ExpiresOn">Last day of the limit, or null.</param>
/// <param name="TemporaryLimit">A limit for some days, now or to come; null for none.</param>
/// <param name="Exposure">What is at risk, in the account's currency.</param>
/// <param name="Counted">What counts of it against the limit, all currencies included, by the policy in force.</param>
/// <param name="Secured">What guarantees and insurance cover; taken off already.</param>
/// <param name="Available">What is left of the limit; nothing is granted without one or after its last day. Below zero
/// when over.</param>
/// <param name="RiskClass">A to E; null while the customer is not scored.</param>
/// <param name="Score">0 to 100; null while the customer is not scored.</param>
/// <param name="BehaviourScore">The same from its behaviour towards us alone.</param>
/// <param name="Holds">What stands against any order of this customer at present, when it is to be confirmed.</param>
/// <param name="Warnings">What rules warn of at present.</param>
/// <param name="PlacedHolds">Holds by hand or by rule that are in force, those of its duplicates included.</param>
/// <param name="Groups">Customers at the heads of the groups with a limit that it belongs to.</param>
/// <param name="OtherExposures">What is at risk in other currencies.</param>
/// <param name="Duplicates">Customers that were merged into it, what is at risk with them and what stands against them;
/// it counts here.</param>
/// <param name="Segment">The segment of customers that it is in; null for none.</param>
/// <param name="SegmentLimit">The limit of that segment and what its other customers have at risk; null where it has
/// none.</param>
/// <param name="Policy">Number of the policy in force.</param>
/// <param name="Version">Version of the account.</param>
/// <param name="Unsettled">What came in money that may still bounce, in the account's currency: what it has paid counts
/// as if it had not, and what is left of it is not taken off. Null for nothing.</param>
/// <param name="LastPayment">Value date of the last payment; null where none is known.</param>
/// <param name="Figures">How it pays and what it owes on average; null before the first daily run, and where the
/// account is the answer to a change of it.</param>
public sealed record CreditAccountView(
    Guid CustomerId, string LegalEntity, string Number, string Name, string Status, string? Terms, string Currency,
    Money? Limit, DateOnly? ExpiresOn, TemporaryLimitSet? TemporaryLimit, Exposure Exposure, Money Counted,
    Money Secured, Money Available, string? RiskClass, int? Score, int? BehaviourScore,
    IReadOnlyList<OrderReason> Holds, IReadOnlyList<OrderReason> Warnings, IReadOnlyList<PlacedHold> PlacedHolds,
    IReadOnlyList<Guid> Groups,
    IReadOnlyList<Exposure> OtherExposures, IReadOnlyList<DuplicateAbsorbed> Duplicates, string? Segment,
    GroupPosition? SegmentLimit, int Policy, long Version, Money? Unsettled = null, DateOnly? LastPayment = null,
    AccountFigures? Figures = null)
{
    /// <summary>An open account as its facts show it.</summary>
    public static CreditAccountView Of(Guid customerId, CreditAccount account, long version, DecisionFacts facts)
    {
        var opened = account.Opened!;
        var judgement = OrderRules.Judge(customerId, account, facts);
        return new CreditAccountView(
            customerId, opened.LegalEntity, opened.Number, account.Customer?.Name ?? opened.Name,
            account.Customer?.Status ?? "active", account.Customer?.Terms, opened.Currency, account.Limit?.Limit,
            account.Limit?.ExpiresOn, account.TemporaryLimit is { } some && some.Until >= facts.Today ? some : null,
            account.ExposureIn(account.Currency), judgement.Position.Counted, judgement.Position.Secured,
            CreditDecider.Granted(account, facts) - judgement.Position.Counted, account.Risk?.RiskClass,
            account.Risk?.Score, account.Risk?.Behaviour, judgement.Reasons, judgement.Warnings ?? [],
            [.. account.HoldsOn(facts.Today).Select(hold => PlacedHold.Of(hold, account))], account.Groups,
            [.. account.Exposures.Values.Where(other => other.OpenOrders.Currency != account.Currency)],
            [
                .. account.Absorbed.Select(one => new DuplicateAbsorbed(
                    one.Key, one.Value, account.DuplicateVersions[one.Key],
                    account.AbsorbedUnsettled.GetValueOrDefault(one.Key),
                    account.AbsorbedStandings.GetValueOrDefault(one.Key)?.Holds,
                    account.AbsorbedStandings.GetValueOrDefault(one.Key)?.Due,
                    account.AbsorbedStandings.GetValueOrDefault(one.Key)?.LastPayment)),
            ],
            account.Customer?.Segment, facts.Groups.FirstOrDefault(one => one.Segment is not null),
            facts.Policy.Number, version,
            account.UnsettledOn(facts.Today, account.Currency) is { IsNothing: false } paid ? paid.Total : null,
            account.LastPayment);
    }
}
