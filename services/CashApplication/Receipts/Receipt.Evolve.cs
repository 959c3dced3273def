using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

public sealed partial record Receipt
{
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
            Documents = e.Documents ?? [],
            CheckNumber = e.CheckNumber,
            Source = e.Source,
            IsEntered = e.Source is null,
            ProcessorReference = e.ProcessorReference,
            Charges = e.Charges,
            IdentifiedBy = e.IdentifiedBy,
            LastIdentification = e.Balance.CustomerId is null ? null : e.Entry.EntryId,
            Balance = e.Balance,
        },
        ReceiptIdentified e => (receipt with
        {
            IdentifiedBy = e.IdentifiedBy,
            LastIdentification = e.Entry.EntryId,
            Balance = e.Balance,
        })
            .Remember(e.DecisionId, DecisionKind.Identification, null, null, e.CustomerId),
        ReceiptUnidentified e =>
            (receipt with { IdentifiedBy = null, Balance = e.Balance, IsLeftToPeople = true }).Forget(e.Undoes),
        ReceiptReversed e => receipt with
        {
            Balance = e.Balance,
            Decisions = [],
            ReversedAtLast = receipt.Balance.Left + receipt.Balance.TotalRefunded,
        },
        ReceiptPartlyReversed e => receipt with
        {
            Balance = e.Balance,
            Parts = receipt.Parts.SetItem(e.ReversalId, e.Amount),
        },
        SettlementFeeBooked => receipt,
        ReceiptCleared e => receipt with
        {
            BankAccount = e.BankAccount,
            Accounts = e.Entry is null ? receipt.Accounts : receipt.Accounts with { Bank = e.LedgerAccount },
            Source = e.Source,
            Payer = e.Payer,
            Remittance = e.Remittance,
            CheckNumber = e.CheckNumber ?? receipt.CheckNumber,
            Documents = receipt.Documents.Count > 0 ? receipt.Documents : e.Documents ?? [],
        },
        ReceiptAnnounced e => receipt with
        {
            IsAnnounced = receipt.IsAnnounced || !e.WasPending,
            ProcessorReference = e.ProcessorReference ?? receipt.ProcessorReference,
            Payer = e.Payer,
            Remittance = e.Remittance,
            CheckNumber = e.CheckNumber,
        },
        ReceiptSetAside e => receipt with
        {
            Aside = e,
            Owner = receipt.Owner is null || receipt.Owner == receipt.Aside?.QueueOwner ? e.QueueOwner : receipt.Owner,
        },
        ReceiptAssigned e => receipt with { Owner = e.Owner ?? receipt.Aside?.QueueOwner },
        _ => EvolveAllocations(receipt, fact),
    };

    private static Receipt EvolveAllocations(Receipt receipt, object fact) => fact switch
    {
        AllocationsRequested e => receipt.Ask(e),
        AllocationConfirmed e => receipt.Moved(
            e.AllocationId, AllocationStatus.Confirmed, e.Balance, bookedCharges: e.Charges),
        AllocationRejected e => receipt.Moved(e.AllocationId, AllocationStatus.Rejected, e.Balance, e.Detail),
        AllocationsWithdrawn e => receipt.Withdraw(e).Forget(e.Undoes),
        AllocationReversalsRequested e => receipt.TakeBack(e).Forget(e.Undoes),
        AllocationReversed e => receipt.Moved(e.AllocationId, AllocationStatus.Reversed, e.Balance),
        _ => EvolveMoney(receipt, fact),
    };

    private static Receipt EvolveMoney(Receipt receipt, object fact) => fact switch
    {
        PutOnAccount e => (receipt with { Balance = e.Balance })
            .Remember(e.DecisionId, DecisionKind.OnAccount, e.Amount, e.CustomerId),
        TakenOffAccount e => receipt with
        {
            Balance = e.Balance,
            IsLeftToPeople = true,
            Decisions = receipt.Decisions.RemoveAll(decision =>
                decision.Kind == DecisionKind.OnAccount && decision.From == e.CustomerId),
        },
        CashTransferred { Undoes: { } undone } e =>
            (receipt with { Balance = e.Balance, IsLeftToPeople = true }).Forget(undone),
        CashTransferred e => (receipt with { Balance = e.Balance, IsLeftToPeople = true })
            .Remember(e.DecisionId, DecisionKind.Transfer, e.Amount, e.From, e.To),
        RestWrittenOff e => (receipt with { Balance = e.Balance })
            .Remember(e.DecisionId, DecisionKind.WriteOff, e.Amount, e.CustomerId),
        RestWriteOffReversed e =>
            (receipt with { Balance = e.Balance, IsLeftToPeople = true }).Forget(e.Undoes),
        RefundReserved e => receipt with
        {
            Balance = e.Balance,
            IsLeftToPeople = true,
            Refunds = receipt.Refunds.SetItem(e.RefundId, e.Amount),
            RefundOwners = e.CustomerId is { } owner
                ? receipt.RefundOwners.SetItem(e.RefundId, owner)
                : receipt.RefundOwners,
        },
        RefundReleased e => receipt with { Balance = e.Balance, Refunds = receipt.Refunds.Remove(e.RefundId) },
        RefundPaidOut e => receipt with
        {
            Balance = e.Balance,
            Refunds = receipt.Refunds.Remove(e.RefundId),
            PaidRefunds = receipt.PaidRefunds.SetItem(e.RefundId, e.Amount),
        },
        RefundCameBack e => receipt with
        {
            Balance = e.Balance,
            PaidRefunds = receipt.PaidRefunds.Remove(e.RefundId),
        },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a receipt."),
    };

    private Receipt Ask(AllocationsRequested e)
    {
        var ground = new AllocationGround(
            e.DecisionId, e.Rule, e.Confidence, e.Reasons, e.IsAutomatic, e.Scoring, e.RemittanceId);
        var allocations = Allocations.ToBuilder();
        foreach (var asked in e.Allocations)
        {
            allocations[asked.AllocationId] =
                new Allocation(allocations.Count, asked, ground, AllocationStatus.Pending);
        }

        return (this with
        {
            Balance = e.Balance,
            Allocations = allocations.ToImmutable(),
            IsLeftToPeople = IsLeftToPeople || !e.IsAutomatic,
        }).Remember(e.DecisionId, DecisionKind.Allocation);
    }

    private Receipt Withdraw(AllocationsWithdrawn e) => this with
    {
        IsLeftToPeople = IsLeftToPeople || e.ByPerson,
        Allocations = Allocations.SetItems(e.AllocationIds.Select(id => KeyValuePair.Create(
            id, Allocations[id] with
            {
                Withdrawn = e.Reason,
                IsWithdrawnByPerson = e.ByPerson,
                Then = e.Then,
            }))),
    };

    private Receipt TakeBack(AllocationReversalsRequested e) => this with
    {
        Balance = e.Balance,
        IsLeftToPeople = IsLeftToPeople || e.ByPerson,
        Allocations = Allocations.SetItems(e.Allocations.Select(back => KeyValuePair.Create(
            back.AllocationId,
            Allocations[back.AllocationId] with { Status = AllocationStatus.ReversalPending, Then = back.Then }))),
    };

    private Receipt Moved(
        Guid allocationId, AllocationStatus status, ReceiptBalance balance, string? answer = null,
        JournalEntry? bookedCharges = null)
    {
        var allocation = Allocations[allocationId];
        return this with
        {
            Balance = balance,
            Allocations = Allocations.SetItem(allocationId, allocation with
            {
                Status = status,
                Answer = answer ?? allocation.Answer,
                BookedCharges = bookedCharges,
            }),
        };
    }

    private Receipt Remember(
        Guid? decisionId, DecisionKind kind, Money? amount = null, Guid? from = null, Guid? to = null) =>
        decisionId is { } id
            ? this with { Decisions = Decisions.Add(new UndoableDecision(id, kind, amount, from, to)) }
            : this;

    private Receipt Forget(Guid? decisionId) => decisionId is { } id
        ? this with { Decisions = Decisions.RemoveAll(decision => decision.Id == id) }
        : this;
}
