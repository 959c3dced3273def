using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Makes the forecast of each legal entity once a day, in its own calendar. Any number of instances may try: the first
/// is kept.
/// </summary>
public sealed class ForecastKeeper(
    EventSourcing.EventStore store, LegalEntities entities, ForecastReader reader, TimeProvider clock,
    ILogger<ForecastKeeper> log)
    : RecurringWork("Forecasts", TimeSpan.FromMinutes(10), clock, log)
{
    /// <summary>One whose forecast cannot be made keeps none of the others waiting.</summary>
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var entity in await entities.AllAsync(cancellation))
        {
            await TryAsync(
                $"Today's forecast of {entity.Code}",
                () => KeepAsync(entity.Code, Clock.Today(entity.TimeZone), cancellation), cancellation);
        }
    }

    private async Task KeepAsync(string legalEntity, DateOnly today, CancellationToken cancellation)
    {
        var id = ForecastStream.Id(legalEntity, today);
        if ((await store.LoadAsync(ForecastStream.Type, id, cancellation)).State.Made is not null)
            return;
        var forecast = await reader.MakeAsync(legalEntity, today, cancellation);
        await store.DecideAsync(
            ForecastStream.Type, id, IReviewStep.Itself, now => ForecastDecider.Make(now, forecast.Made),
            with: (batch, decided) =>
            {
                if (decided.Events.Count > 0)
                    PaymentKinds.Keep(batch, forecast, Clock.GetUtcNow());
            },
            cancellation: cancellation);
    }
}
