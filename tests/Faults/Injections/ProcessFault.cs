using System.Globalization;
using OrderToCash.Faults.Stage;
using OrderToCash.Local.Processes;

namespace OrderToCash.Faults.Injections;

/// <summary>Processes end.</summary>
internal static class ProcessFault
{
    public static async Task<string> KillInstanceAsync(FaultStage stage, Random random)
    {
        var index = random.Next(stage.Instances.Count);
        var instance = stage.Instances[index];
        await instance.KillAsync();
        await Injection.PauseAsync(random, 100, 3_000);
        await instance.StartAgainAsync();
        return $"{Name(instance)} with -9";
    }

    public static async Task<string> KillServiceAsync(FaultStage stage, Random random)
    {
        var program = FaultStage.Services[random.Next(FaultStage.Services.Count)];
        var instances = stage.Instances.Where(instance => instance.Program.Name == program.Name).ToList();
        await Task.WhenAll(instances.Select(instance => instance.KillAsync()));
        await Injection.PauseAsync(random, 100, 3_000);
        await Task.WhenAll(instances.Select(instance => instance.StartAgainAsync()));
        return $"{instances.Count} of {program.Name} with -9, started again at the same time";
    }

    public static async Task<string> RestartInstanceAsync(FaultStage stage, Random random)
    {
        var instance = stage.Instances[random.Next(stage.Instances.Count)];
        var began = TimeProvider.System.GetTimestamp();
        await instance.StopAsync();
        var took = TimeProvider.System.GetElapsedTime(began);
        await instance.StartAgainAsync();
        return string.Create(CultureInfo.InvariantCulture, $"{Name(instance)}, it took {took.TotalSeconds:0.0} s");
    }

    private static string Name(ServiceInstance instance) => $"{instance.Program.Name} at {instance.Address.Port}";
}
