using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>
/// Everything that an account holds, as a snapshot of it is written: each of its members under its own name; where a
/// value tells its key, without the key.
/// </summary>
internal sealed record CreditAccountContent
{
    public required AccountOpened? Opened { get; init; }
    public required CustomerKnown? Customer { get; init; }
    public required IReadOnlyList<Guid> Groups { get; init; }
    public required LimitSet? Limit { get; init; }
    public required TemporaryLimitSet? TemporaryLimit { get; init; }
    public required IReadOnlyList<Exposure> Exposures { get; init; }
    public required IReadOnlyList<KeyValuePair<Guid, IReadOnlyList<Exposure>>> Absorbed { get; init; }
    public required IReadOnlyList<KeyValuePair<Guid, IReadOnlyList<UnsettledPart>>> AbsorbedUnsettled { get; init; }
    public required IReadOnlyList<KeyValuePair<Guid, AbsorbedStanding>> AbsorbedStandings { get; init; }
    public required IReadOnlyList<KeyValuePair<Guid, long>> DuplicateVersions { get; init; }
    public required IReadOnlyList<KeyValuePair<string, IReadOnlyDictionary<DateOnly, decimal>>> Due { get; init; }

    public required IReadOnlyList<KeyValuePair<(Guid InvoiceId, int Installment), Receivable>> Receivables
    {
        get; init;
    }

    public required IReadOnlyList<KeyValuePair<Guid, OpenCredit>> Credits { get; init; }
    public required IReadOnlyList<CheckedOrder> Orders { get; init; }
    public required IReadOnlyList<string> Waiting { get; init; }
    public required IReadOnlyList<KeyValuePair<(DateOnly NeededOn, string Currency), decimal>> Reserved { get; init; }
    public required IReadOnlyList<KeyValuePair<string, Money>> Billed { get; init; }
    public required IReadOnlyList<KeyValuePair<Guid, OrderBilling>> Billings { get; init; }
    public required IReadOnlyList<KeyValuePair<string, Money>> Delivered { get; init; }
    public required IReadOnlyList<KeyValuePair<string, DateTimeOffset>> DeliveredAsOf { get; init; }
    public required IReadOnlyList<HoldPlaced> Holds { get; init; }
    public required IReadOnlyList<KeyValuePair<string, DateOnly>> Quiet { get; init; }

    public required IReadOnlyList<KeyValuePair<Guid, IReadOnlyList<KeyValuePair<InstallmentKey, DateOnly>>>> TakenBack
    {
        get; init;
    }

    public required DateOnly? TakenBackSwept { get; init; }
    public required IReadOnlyList<KeyValuePair<InstallmentKey, ImmutableHashSet<string>>> Dunned { get; init; }
    public required IReadOnlyList<CoverRegistered> Cover { get; init; }
    public required RiskAssessed? Risk { get; init; }
    public required IReadOnlyList<KeyValuePair<Guid, FreeCash>> Receipts { get; init; }

    public required IReadOnlyList<KeyValuePair<(DateOnly Until, string Currency), UnsettledCash>> Unsettled
    {
        get; init;
    }

    public required IReadOnlyList<KeyValuePair<DateOnly, int>> Payments { get; init; }
    public required bool KnowsPayments { get; init; }
    public required IReadOnlyList<KeyValuePair<(DateOnly On, string Currency), decimal>> Lowered { get; init; }
}
