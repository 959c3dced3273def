using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What a customer has agreed to with Collections.</summary>
public enum AgreementKind
{
    /// <summary>A promise to pay so much on a day.</summary>
    Promise,

    /// <summary>A payment plan: installments over several days.</summary>
    Plan,
}

/// <summary>So much on a day.</summary>
public sealed record AgreedStep(DateOnly DueOn, Money Amount);

/// <summary>An item that an agreement is about.</summary>
/// <param name="Balance">What of it was open when it was agreed, as far as it is covered.</param>
public sealed record AgreedItem(Guid InvoiceId, int Installment, string InvoiceNumber, Money Balance)
{
    /// <summary>What names the installment.</summary>
    public (Guid InvoiceId, int Installment) Id => (InvoiceId, Installment);
}

/// <summary>A promise or payment plan that is in force.</summary>
/// <param name="Steps">By due date; a promise has one.</param>
/// <param name="Items">What it is for, in the order in which it is paid.</param>
public sealed record Agreement(
    Guid AgreementId, AgreementKind Kind, Guid CustomerId, IReadOnlyList<AgreedStep> Steps,
    IReadOnlyList<AgreedItem> Items)
{
    /// <summary>
    /// What is to be paid after so much was settled of its items: what is left of each step that is not paid, by due
    /// date. Nothing where all is.
    /// </summary>
    public IEnumerable<AgreedStep> Left(Money settled)
    {
        foreach (var step in Steps)
        {
            if (settled < step.Amount)
            {
                yield return step with { Amount = step.Amount - settled };
                settled = Money.Zero(settled.Currency);
            }
            else
                settled -= step.Amount;
        }
    }
}
