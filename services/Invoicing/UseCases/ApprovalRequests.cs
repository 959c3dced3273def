using System.Text.Json;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Puts a request that others must approve aside, to be carried out when they have.</summary>
internal static class ApprovalRequests
{
    public const string CreditMemo = "credit-memo";
    public const string WriteOff = "write-off";

    /// <summary>What the matrix of the books' legal entity asks for this amount.</summary>
    public static async Task<RequiredApproval> RequiredAsync(
        EventStore store, string kind, Money amount, Books books, CancellationToken cancellation)
    {
        var (matrix, _) = await store.LoadAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(books.LegalEntity), cancellation);
        return matrix.Required(kind, amount, books.BaseCurrency);
    }

    /// <summary>The plan itself where it is refused or nobody must approve; else it waits for an approval.</summary>
    public static NumberedPlan Gate<TRequest>(
        NumberedPlan plan, RequiredApproval required, string kind, Money amount, Books books, string subject,
        TRequest request, HttpCommand command, string? reason)
    {
        if (plan.Refusal is not null || required.Approvals == 0)
            return plan;
        var id = Ids.Next(command.Clock);
        var requested = new ApprovalRequested(
            kind, books.LegalEntity, amount, subject, command.Caller.Subject, required.Approvals, required.Roles,
            JsonSerializer.Serialize(request, Json.Stored));
        return NumberedPlan.Write([], _ => (
            new WriteBatch(command.Metadata(reason)).Append(ApprovalStream.Type, id, 0, [requested]),
            Reply.Accepted(
                $"/v1/approvals/{id}",
                ApprovalView.Of(id, Approval.Evolve(Approval.Initial, requested), 1), 1)));
    }
}

/// <summary>A request for approval as the API shows it.</summary>
/// <param name="Amount">By which it is judged.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Needed">How many must approve.</param>
/// <param name="Roles">Who may.</param>
public sealed record ApprovalView(
    Guid Id, string Kind, ApprovalStatus Status, string LegalEntity, Money Amount, string Subject, string RequestedBy,
    int Needed, IReadOnlyList<string> ApprovedBy, IReadOnlyList<string> Roles, JsonElement Request, long Version)
{
    public static ApprovalView Of(Guid id, Approval approval, long version)
    {
        var requested = approval.Requested!;
        return new ApprovalView(
            id, requested.Kind, approval.Status, requested.LegalEntity, requested.Amount, requested.Subject,
            requested.RequestedBy, requested.Needed, approval.ApprovedBy, requested.Roles,
            JsonDocument.Parse(requested.Request).RootElement, version);
    }
}
