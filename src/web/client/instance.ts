import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { request } from "./request.ts";

/** Which installation this is, on every page: several may be open at night. */
export interface Instance {
  name: string;
  /** Of the strip beside the name; one of a few words. */
  colour: string;
}

const unnamed: Instance = { name: "Tsunagi", colour: "accent" };

export function useInstance(): Instance {
  const { data = unnamed } = useQuery({
    queryKey: ["instance"],
    queryFn: async ({ signal }) => {
      const { instance } = await request<{ instance: Instance | null }>("/.app/instance.json", {
        signal,
      });
      return instance ?? unnamed;
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  useEffect(() => {
    document.documentElement.dataset.instance = data.name;
  }, [data.name]);
  return data;
}
