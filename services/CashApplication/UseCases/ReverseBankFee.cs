using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why a line is no fee.</summary>
public sealed record ReverseBankFeeRequest(string Reason);

/// <summary>A line whose fee is taken back.</summary>
/// <param name="Statement">Position of the statement in the file, from 1.</param>
/// <param name="Entry">The line.</param>
/// <param name="Amount">As it moved the balance: below zero where it was charged.</param>
public sealed record ReversedBankFeeView(Guid ImportId, int Statement, int Entry, string BankAccount, Money Amount);

/// <summary>
/// <c>POST /v1/bank-statements/{id}/fees/{statement}/{entry}/reverse</c>: what a bank's code calls a fee is none, and
/// the entry that was made of it is taken back. The line stays what the bank says; its day is told without it.
/// </summary>
public static class ReverseBankFee
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/bank-statements/{id:guid}/fees/{statement:int}/{entry:int}/reverse", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReversedBankFeeView>()
        .WithTags("Bank statements")
        .WithSummary("Takes the entry of a bank's fee back");

    private static async Task<IResult> Handle(
        Guid id, int statement, int entry, ReverseBankFeeRequest request, HttpContext http, HttpCommand command)
    {
        if (!await StatementQueries.MaySeeAsync(id, command.Store, http))
            return await command.RefuseAsync(StatementImportRefusals.NotFound(id));
        var (import, _) = await command.Store.LoadAsync(StatementImport.Type, id, command.Cancellation);
        var fee = import.Fees.GetValueOrDefault((statement, entry));
        if (fee is not null && command.Caller.Deny(fee.Journal.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var entity = fee is null
            ? null
            : await command.Store.Database.LegalEntityAsync(fee.Journal.LegalEntity, command.Cancellation);
        var today = command.Clock.Today(entity?.TimeZone ?? "UTC");
        return await command.DecideAsync(
            StatementImport.Type, id,
            now => BankFees.Reverse(now, id, statement, entry, request.Reason, today),
            _ => Reply.Ok(new ReversedBankFeeView(id, statement, entry, fee!.BankAccount, fee.Amount)),
            request.Reason);
    }
}
