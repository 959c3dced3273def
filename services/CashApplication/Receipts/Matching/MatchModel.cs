using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>Money that looks for its purpose.</summary>
/// <param name="Amount">What is free to apply.</param>
/// <param name="PayerName">As the bank gave it, or null.</param>
/// <param name="PayerAccount">Without blanks, or null.</param>
/// <param name="Remittance">What the payer says, line by line, structured references among it.</param>
/// <param name="CustomerId">Whose money it is where that is settled already.</param>
public sealed record Payment(
    Money Amount, string? PayerName, string? PayerAccount, IReadOnlyList<string> Remittance, Guid? CustomerId = null);

/// <summary>An installment that the money may be for.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="CustomerId">Who owes it.</param>
/// <param name="CustomerName">Registered name, or null while unknown here.</param>
/// <param name="DueDate">Last day to pay.</param>
/// <param name="Available">What is open and not promised to another allocation; zero when it is paid.</param>
public sealed record Candidate(
    Guid InvoiceId, int Installment, string InvoiceNumber, Guid CustomerId, string? CustomerName, DateOnly DueDate,
    Money Available);

/// <summary>A customer that the money may be of.</summary>
public sealed record CustomerCandidate(Guid CustomerId, string Number, string Name);

/// <summary>All that is known and could explain a payment; it may hold more than concerns it.</summary>
/// <param name="Items">Items by number or amount, open or paid.</param>
/// <param name="Customers">Customers by number.</param>
/// <param name="PayerAccounts">Customers that have paid from an account before.</param>
public sealed record Candidates(
    IReadOnlyList<Candidate> Items, IReadOnlyList<CustomerCandidate> Customers, ILookup<string, Guid> PayerAccounts)
{
    /// <summary>Nothing is known.</summary>
    public static readonly Candidates None = new([], [], Array.Empty<string>().ToLookup(key => key, _ => Guid.Empty));
}

/// <summary>Part of an explanation: so much for this installment.</summary>
public sealed record MatchLine(Guid InvoiceId, int Installment, string InvoiceNumber, Money Amount);

/// <summary>One explanation of a payment.</summary>
/// <param name="CustomerId">Whose money it then is.</param>
/// <param name="Rule"><c>invoice-number</c> or <c>exact-amount</c>.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Reasons">Why, in words.</param>
/// <param name="Lines">What is paid; together at most the payment.</param>
public sealed record Explanation(
    Guid CustomerId, string Rule, decimal Confidence, IReadOnlyList<string> Reasons, IReadOnlyList<MatchLine> Lines);

/// <summary>What matching found.</summary>
/// <param name="CustomerId">Whose money it is, or null when nobody is known.</param>
/// <param name="IdentifiedBy">What told the customer, or null.</param>
/// <param name="Chosen">The explanation that is certain enough to be applied without a person, or null.</param>
/// <param name="Suggestions">All explanations, best first; the chosen one is the first.</param>
public sealed record MatchResult(
    Guid? CustomerId, string? IdentifiedBy, Explanation? Chosen, IReadOnlyList<Explanation> Suggestions);

/// <summary>What a person's hand is not needed for.</summary>
/// <param name="AutoApplyThreshold">From this confidence on an explanation is applied without a person.</param>
public sealed record MatchPolicy(decimal AutoApplyThreshold)
{
    /// <summary>0.90.</summary>
    public static readonly MatchPolicy Default = new(0.90m);
}
