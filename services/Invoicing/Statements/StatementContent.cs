using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements;

/// <summary>What one customer owed at one legal entity, and how it came to that: what a statement says.</summary>
/// <param name="CustomerNumber">What people call the customer.</param>
/// <param name="From">First day of the period.</param>
/// <param name="To">Last day of the period; all balances are at its end.</param>
/// <param name="KnownAt">Only what was recorded up to this moment counts.</param>
/// <param name="OutstandingOnly">Entries are left out; balances and open items are the same.</param>
/// <param name="Accounts">One per currency, by code: currencies never add. Of a group what its customers come to
/// together, without entries and items.</param>
/// <param name="Members">Of a group the customers in it, the one on top first, then by number; else null.</param>
public sealed record StatementContent(
    Guid CustomerId, string CustomerNumber, string CustomerName, string LegalEntity, string Language, DateOnly From,
    DateOnly To, DateTimeOffset KnownAt, bool OutstandingOnly, IReadOnlyList<StatementAccount> Accounts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<StatementMember>? Members = null)
{
    /// <summary>False where nothing happened and nothing is owed either way.</summary>
    public bool SaysAnything => Accounts.Concat(Members?.SelectMany(member => member.Accounts) ?? []).Any(account =>
        account.Movements > 0 || account.Items.Count > 0 || !account.Closing.IsZero || !account.UnappliedCash.IsZero);
}

/// <summary>One customer of a group, with what it owes itself.</summary>
public sealed record StatementMember(
    Guid CustomerId, string CustomerNumber, string CustomerName, IReadOnlyList<StatementAccount> Accounts);

/// <summary>One currency of a statement.</summary>
/// <param name="Opening">Owed at the end of the day before the first.</param>
/// <param name="Entries">What changed it, oldest first.</param>
/// <param name="Movements">How many changes there were, also where they are left out.</param>
/// <param name="Charges">Sum of what added to it.</param>
/// <param name="Credits">Sum of what took from it, below zero.</param>
/// <param name="Closing">Owed at the end: opening + charges + credits; the sum of the open items.</param>
/// <param name="UnappliedCash">Received and not yet applied to any item.</param>
/// <param name="Due">Closing less unapplied cash: what is left to pay.</param>
/// <param name="Aging">Closing by how long it is overdue.</param>
/// <param name="Items">What is open, oldest due date first.</param>
public sealed record StatementAccount(
    string Currency, Money Opening, IReadOnlyList<StatementEntry> Entries, int Movements, Money Charges, Money Credits,
    Money Closing, Money UnappliedCash, Money Due, IReadOnlyList<AgedAmount> Aging,
    IReadOnlyList<StatementItem> Items);

/// <summary>One change.</summary>
/// <param name="Kind">What it was, as in the journal; <c>cash-discount</c> and <c>small-difference</c> are what a
/// payment settled beside the money.</param>
/// <param name="Number">The document it is on.</param>
/// <param name="Amount">Below zero where less is owed.</param>
/// <param name="Balance">Owed after it.</param>
public sealed record StatementEntry(DateOnly Date, string Kind, string Number, Money Amount, Money Balance);

/// <summary>One open item: an installment, or what is left of a credit memo.</summary>
/// <param name="Amount">As it was issued.</param>
/// <param name="Open">Still open; below zero for a credit memo.</param>
/// <param name="DaysOverdue">Days since the due date; 0 where it is not overdue.</param>
public sealed record StatementItem(
    string Number, int Installment, DateOnly DocumentDate, DateOnly DueDate, int DaysOverdue, Money Amount,
    Money Open);

/// <summary>What falls into one bucket.</summary>
/// <param name="Bucket"><c>current</c>, <c>1-30</c>, ….</param>
public sealed record AgedAmount(string Bucket, Money Amount);
