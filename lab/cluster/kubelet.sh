#!/bin/sh
# kubeadm writes the kubelet's settings while it waits for the kubelet: so wait for them here.
until [ -f /var/lib/kubelet/config.yaml ] && [ -f /var/lib/kubelet/kubeadm-flags.env ]; do
  sleep 0.2
done
. /var/lib/kubelet/kubeadm-flags.env
# The flags are separate words on purpose.
# shellcheck disable=SC2086
exec @BIN@/kubelet \
  --config=/var/lib/kubelet/config.yaml \
  --kubeconfig=/etc/kubernetes/kubelet.conf \
  --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf \
  --container-runtime-endpoint=unix://@RUN@/containerd.sock \
  $KUBELET_KUBEADM_ARGS
