using System.Net;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.TestKit;
using static OrderToCash.Invoicing.Tests.WriteOffRuns;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class SmallBalancesInParts(InvoicingApp app)
{
    /// <summary>
    /// I-24: a run that breaks off goes on where it was, whoever else is at it; nothing is given up twice.
    /// </summary>
    [Fact]
    public async Task I24_are_written_off_in_parts_that_stand_or_fall_with_their_log()
    {
        var (entity, customer) = await app.SmallBalancesAsync(guarded: false);
        var invoices = Enumerable.Range(1, 210).Select(n => TestApi.Invoice(customer, (n % 5) + 0.01m));
        (await app.Client.PostAsync("/v1/invoices/batch", new { invoices })).ShouldBe(HttpStatusCode.OK);
        await ExecuteAsync("""
            create sequence breaks;
            create function break_off() returns trigger language plpgsql as $$
            begin
                if new.outcome <> 'waiting' and new.ordinal = 150 and nextval('breaks') = 1 then
                    raise exception 'broken off' using errcode = '53100';
                end if;
                return new;
            end $$;
            create trigger break_off before update on write_off_run_items for each row execute function break_off();
            """);
        try
        {
            var run = (await app.Client.PostAsync(Runs, Wish(entity, all: true)))
                .ShouldBe(HttpStatusCode.Accepted);
            run["count"].GetInt32().ShouldBe(210);
            var started = (await app.Store.HistoryAsync(run.Id))[1];
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Eventually.Passes(() => ActivatorUtilities
                .CreateInstance<WriteOffRunner>(app.Services).HandleAsync([started], CancellationToken.None))));

            (await app.FinishedAsync(run.Id)).Amount("writtenOff").ShouldBe("422.10");
            (await app.Store.HistoryAsync(run.Id)).Count.ShouldBe(5);
            (await CountAsync("select last_value from breaks", entity)).ShouldBeGreaterThan(1);
            (await CountAsync(
                "select count(*) from mt_events where type = 'written_off' and stream_id in " +
                "(select invoice_id from invoices where legal_entity = @entity)", entity)).ShouldBe(210);
            await app.TiesAsync(entity, "0.00");
        }
        finally
        {
            await ExecuteAsync("drop function break_off() cascade; drop sequence breaks");
        }

        var kept = await KeptAsync(entity);
        await app.Services.GetRequiredService<ProjectionRebuild>().RunAsync("write_off_runs");
        (await KeptAsync(entity)).ShouldBe(kept);
    }

    /// <summary>The rows of the runs, as they are kept with each append.</summary>
    private async Task<string?> KeptAsync(string entity)
    {
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string>(
            "select jsonb_agg(to_jsonb(r) || jsonb_build_object('items', (select jsonb_agg(to_jsonb(i) " +
            "order by i.ordinal) from write_off_run_items i where i.run_id = r.run_id)))::text " +
            "from write_off_runs r where r.legal_entity = @entity", new { entity });
    }

    private async Task<long> CountAsync(string sql, string entity)
    {
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(sql, new { entity });
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = app.Database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
