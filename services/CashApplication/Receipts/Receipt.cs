using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>How far an allocation is in the handshake with Invoicing.</summary>
public enum AllocationStatus
{
    /// <summary>Asked for; no answer yet.</summary>
    Pending,

    /// <summary>Applied.</summary>
    Confirmed,

    /// <summary>Refused.</summary>
    Rejected,

    /// <summary>To be taken back; no answer yet.</summary>
    ReversalPending,

    /// <summary>Taken back.</summary>
    Reversed,
}

/// <summary>Part of a receipt that is, was or should be applied to an installment.</summary>
public sealed record Allocation(
    Guid Id, Guid InvoiceId, string InvoiceNumber, int Installment, Money Amount, AllocationStatus Status, string Rule,
    decimal Confidence, IReadOnlyList<string> Reasons);

/// <summary>Money that came in, and where it went.</summary>
public sealed record Receipt
{
    /// <summary>Before it is recorded.</summary>
    public static readonly Receipt Initial = new();

    public string Number { get; init; } = "";

    public string LegalEntity { get; init; } = "";

    public string Method { get; init; } = "";

    public string? BankAccount { get; init; }

    public LedgerAccounts Accounts { get; init; } = new("", "", "");

    public DateOnly ValueDate { get; init; }

    public DateOnly PostingDate { get; init; }

    public Payer Payer { get; init; } = new(null, null);

    public IReadOnlyList<string> Remittance { get; init; } = [];

    public string? CheckNumber { get; init; }

    public ReceiptSource? Source { get; init; }

    public string? IdentifiedBy { get; init; }

    public ReceiptBalance Balance { get; init; } = new(null, default, default, default, default, default, false);

    /// <summary>In the order in which they were asked for.</summary>
    public ImmutableList<Allocation> Allocations { get; init; } = [];

    /// <summary>True from its first event on.</summary>
    public bool Exists => Number.Length > 0;

    /// <summary>The allocation of this id, or null.</summary>
    public Allocation? Find(Guid allocationId) => Allocations.Find(allocation => allocation.Id == allocationId);

    /// <summary>State and event in, next state out.</summary>
    public static Receipt Evolve(Receipt receipt, object fact) => fact switch
    {
        ReceiptRecorded e => new Receipt
        {
            Number = e.Number,
            LegalEntity = e.LegalEntity,
            Method = e.Method,
            BankAccount = e.BankAccount,
            Accounts = e.Accounts,
            ValueDate = e.ValueDate,
            PostingDate = e.PostingDate,
            Payer = e.Payer,
            Remittance = e.Remittance,
            CheckNumber = e.CheckNumber,
            Source = e.Source,
            IdentifiedBy = e.IdentifiedBy,
            Balance = e.Balance,
        },
        ReceiptIdentified e => receipt with { IdentifiedBy = e.IdentifiedBy, Balance = e.Balance },
        AllocationRequested e => receipt with
        {
            Balance = e.Balance,
            Allocations = receipt.Allocations.Add(new Allocation(
                e.AllocationId, e.InvoiceId, e.InvoiceNumber, e.Installment,
                e.Amount, AllocationStatus.Pending, e.Rule, e.Confidence, e.Reasons)),
        },
        AllocationConfirmed e => receipt.Moved(e.AllocationId, AllocationStatus.Confirmed, e.Balance),
        AllocationRejected e => receipt.Moved(e.AllocationId, AllocationStatus.Rejected, e.Balance, e.Detail),
        AllocationReversalRequested e => receipt.Moved(e.AllocationId, AllocationStatus.ReversalPending, e.Balance),
        AllocationReversed e => receipt.Moved(e.AllocationId, AllocationStatus.Reversed, e.Balance),
        ReceiptReversed e => receipt with { Balance = e.Balance },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a receipt."),
    };

    private Receipt Moved(Guid allocationId, AllocationStatus status, ReceiptBalance balance, string? reason = null)
    {
        var allocation = Find(allocationId)!;
        return this with
        {
            Balance = balance,
            Allocations = Allocations.Replace(allocation, allocation with
            {
                Status = status,
                Reasons = reason is null ? allocation.Reasons : [.. allocation.Reasons, reason],
            }),
        };
    }
}
