using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.OverdueStates;

/// <summary>What a customer's arrears are judged by: only what may be collected.</summary>
/// <param name="Items">Items past due.</param>
/// <param name="Balances">What is past due, per currency.</param>
/// <param name="Days">Days since the earliest of them was due; 0 where there is none.</param>
/// <param name="Holds">Kinds of the holds that the whole customer is under, or one it was merged with.</param>
public sealed record Arrears(
    int Items, IReadOnlyList<Money> Balances, int Days, IReadOnlyList<string> Holds);

/// <summary>A customer's arrears put it into another state.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="From">Code of the state before; null for none; the same where a hold that forbids contact has ended.
/// </param>
/// <param name="To">Code of the state now; null: nothing is wrong any more.</param>
/// <param name="Arrears">What it was judged by.</param>
/// <param name="On">The day it was, in the entity's calendar.</param>
/// <param name="Actions">What it leads to; while a hold forbids contact only what nobody is contacted by.</param>
public sealed record OverdueStateChanged(
    string LegalEntity, Guid CustomerId, string? From, string? To, Arrears Arrears, DateOnly On,
    IReadOnlyList<OverdueAction> Actions)
{
    /// <summary>True where it leads to more than that others allow no changes.</summary>
    public bool LeadsToMore() => Actions.Any(action => action != OverdueAction.BlockChanges);
}

/// <summary>The state asks for payment to be tried again.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="State">Code of the state.</param>
/// <param name="Attempt">From 1, within the state.</param>
/// <param name="Balances">What is past due, per currency.</param>
public sealed record PaymentRetryRequested(
    string LegalEntity, Guid CustomerId, string State, int Attempt, IReadOnlyList<Money> Balances);
